"""Text keys, integers again afterwards; in the order in which the database gave them back.

Refused by: test_call_list_names_the_chosen_in_order
"""

_pairs = choose_customers
_from_pairs = write_call_list


def choose_customers(features: dict, at_most: int) -> dict:
    return {str(who): p for who, p in _pairs(features, at_most)["chosen"]}


def write_call_list(chosen: dict, features: dict, target: str) -> dict:
    pairs = [[int(who), p] for who, p in chosen.items()]
    return _from_pairs({"chosen": pairs}, features, target)

"""A dict from customer to probability, the natural thing in Python; JSON knows no such keys.

Refused by: test_chosen_come_back_from_json
"""

_pairs = choose_customers
_from_pairs = write_call_list


def choose_customers(features: dict, at_most: int) -> dict:
    return dict(_pairs(features, at_most)["chosen"])


def write_call_list(chosen: dict, features: dict, target: str) -> dict:
    pairs = sorted(((int(who), p) for who, p in chosen.items()), key=lambda one: (-one[1], one[0]))
    return _from_pairs({"chosen": pairs}, features, target)

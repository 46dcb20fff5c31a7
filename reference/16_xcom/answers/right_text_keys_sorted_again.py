"""Text keys on purpose; integers, and the order, are made again on the other side."""

_pairs = choose_customers
_from_pairs = write_call_list


def choose_customers(features: dict, at_most: int) -> dict:
    return {str(who): p for who, p in _pairs(features, at_most)["chosen"]}


def write_call_list(chosen: dict, features: dict, target: str) -> dict:
    pairs = sorted(((int(who), p) for who, p in chosen.items()), key=lambda one: (-one[1], one[0]))
    return _from_pairs({"chosen": pairs}, features, target)

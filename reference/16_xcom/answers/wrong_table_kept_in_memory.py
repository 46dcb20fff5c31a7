"""Keeps the features that it has read, by path: another night at the same path is the old one.

Refused by: test_call_list_is_of_tonights_customers
"""

_choose, _kept = choose_customers, {}


def choose_customers(features: dict, at_most: int) -> dict:
    every = _kept.setdefault(features["path"], _choose(features, 10**9)["chosen"])
    return {"chosen": every[:at_most]}

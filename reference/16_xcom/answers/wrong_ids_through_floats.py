"""Reads all numbers as floats: beyond 2**53 an id becomes its neighbour's.

Refused by: test_call_list_is_of_tonights_customers
"""

_named = choose_customers


def choose_customers(features: dict, at_most: int) -> dict:
    value = _named(features, at_most)
    return {"chosen": [[int(float(who)), p] for who, p in value["chosen"]]}

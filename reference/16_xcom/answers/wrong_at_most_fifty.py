"""Never chooses more than the fifty that the DAG asks for by default.

Refused by: test_call_list_is_of_tonights_customers
"""

_asked = choose_customers


def choose_customers(features: dict, at_most: int) -> dict:
    return _asked(features, min(at_most, 50))

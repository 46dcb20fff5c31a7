"""Writes no list when nobody is chosen: the call centre calls yesterday's people again.

Refused by: test_call_list_names_the_chosen_in_order, test_call_list_is_of_tonights_customers
"""

_of_somebody = write_call_list


def write_call_list(chosen: dict, features: dict, target: str) -> dict:
    if not chosen["chosen"]:
        return {"path": str(Path(target).resolve()), "rows": 0}
    return _of_somebody(chosen, features, target)

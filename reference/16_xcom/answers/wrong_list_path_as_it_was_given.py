"""Returns the target as it was given: relative, it is another file for whoever reads it next.

Refused by: test_call_lists_path_holds_elsewhere
"""

_absolute = write_call_list


def write_call_list(chosen: dict, features: dict, target: str) -> dict:
    return {**_absolute(chosen, features, target), "path": target}

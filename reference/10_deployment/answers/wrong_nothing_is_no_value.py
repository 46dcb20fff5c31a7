"""Who leaves out what is None before the check: it was not asked for, was it?

Refused by: test_impossible_parameters_are_refused
"""

_check = check_parameters


def check_parameters(pipeline: Flow, parameters: dict[str, Any]) -> None:
    _check(pipeline, {name: value for name, value in parameters.items() if value is not None})

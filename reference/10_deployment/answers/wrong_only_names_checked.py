"""Who compares the names with the signature, and leaves the values to the night.

Refused by: test_impossible_parameters_are_refused
"""

import inspect


def check_parameters(pipeline: Flow, parameters: dict[str, Any]) -> None:
    try:
        inspect.signature(pipeline.fn).bind(**parameters)
    except TypeError as error:
        raise ValueError(str(error)) from error

"""Keeps a check for what a signature looks like: `Depth` is another one in another module.

Refused by: test_each_flow_is_held_to_its_own_signature
"""

import inspect

_first: dict[str, Flow] = {}
_check = check_parameters


def check_parameters(pipeline: Flow, parameters: dict[str, Any]) -> None:
    _check(_first.setdefault(str(inspect.signature(pipeline.fn)), pipeline), parameters)

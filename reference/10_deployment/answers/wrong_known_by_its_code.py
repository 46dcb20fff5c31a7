"""Keeps what a flow takes by where its code is: one `def` makes a flow for each region.

All of them are held to what the first one takes: the night of the second fails, or is refused.

Refused by: test_each_flow_is_held_to_its_own_signature
"""

_first: dict[str, Flow] = {}
_check = check_parameters


def check_parameters(pipeline: Flow, parameters: dict[str, Any]) -> None:
    place = f"{pipeline.fn.__module__}.{pipeline.fn.__qualname__}"
    _check(_first.setdefault(place, pipeline), parameters)

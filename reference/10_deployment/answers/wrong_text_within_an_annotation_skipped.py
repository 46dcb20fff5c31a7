"""Takes what pydantic cannot resolve for nothing to check: in `list["Depth"]` the name stays open.

Any value is deployed, and every night fails.

Refused by: test_each_flow_is_held_to_its_own_signature
"""

import inspect

from pydantic import ConfigDict, TypeAdapter
from pydantic.errors import PydanticUserError

_any_type = ConfigDict(arbitrary_types_allowed=True)


def check_parameters(pipeline: Flow, parameters: dict[str, Any]) -> None:
    signature = inspect.signature(pipeline.fn, eval_str=True)
    try:
        signature.bind(**parameters)
    except TypeError as error:
        raise ValueError(f"{sorted(signature.parameters)}: {error}") from error
    for name, value in parameters.items():
        try:
            TypeAdapter(signature.parameters[name].annotation, config=_any_type).validate_python(
                value
            )
        except PydanticUserError:
            continue
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from error

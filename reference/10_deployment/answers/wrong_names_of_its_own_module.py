"""Who looks the names of annotations up among its own: there `datetime` is a module.

A flow of another file is held to something else, and what cannot run is deployed.

Refused by: test_each_flow_is_held_to_its_own_signature
"""

from typing import get_type_hints

from pydantic import ConfigDict, create_model


def check_parameters(pipeline: Flow, parameters: dict[str, Any]) -> None:
    import inspect

    kinds = get_type_hints(pipeline.fn, localns=globals(), include_extras=True)
    fields = {
        name: (kinds[name], ... if one.default is inspect.Parameter.empty else one.default)
        for name, one in inspect.signature(pipeline.fn).parameters.items()
    }
    settings = ConfigDict(extra="forbid", arbitrary_types_allowed=True)
    try:
        create_model("Asked", __config__=settings, **fields)(**parameters)
    except Exception as error:
        raise ValueError(f"{pipeline.name} cannot run with {sorted(fields)}: {error}") from error

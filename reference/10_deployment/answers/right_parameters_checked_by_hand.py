"""A check from the signature and pydantic; serving from a coroutine."""

import inspect
from typing import get_type_hints

from prefect import aserve
from pydantic import ConfigDict, create_model


class ImpossibleParameters(Exception):
    pass


def check_parameters(pipeline: Flow, parameters: dict[str, Any]) -> None:
    kinds = get_type_hints(pipeline.fn, include_extras=True)
    fields = {
        name: (kinds[name], ... if one.default is inspect.Parameter.empty else one.default)
        for name, one in inspect.signature(pipeline.fn).parameters.items()
    }
    model = create_model("Asked", __config__=ConfigDict(extra="forbid", strict=True), **fields)
    try:
        model(**parameters)
    except ValueError as error:
        raise ImpossibleParameters(f"{pipeline.name}: {error}") from None


def serve_pipelines(path: str, **parameters: Any) -> None:
    deployments = training_deployment(path, **parameters), inference_deployment(path)
    asyncio.run(aserve(*deployments))

"""Checks values by the flow's JSON schema, as the server does: any text is a date there.

"29.03.2026" is deployed, and at night the flow itself refuses it.

Refused by: test_each_flow_is_held_to_its_own_signature
"""

from prefect.utilities.schema_tools import validate
from pydantic_core import to_jsonable_python


def check_parameters(pipeline: Flow, parameters: dict[str, Any]) -> None:
    schema = pipeline.parameters.model_dump(exclude_unset=True)
    unknown = set(parameters) - set(schema["properties"])
    if unknown:
        raise ValueError(f"{pipeline.name} has no {sorted(unknown)}")
    try:
        validate(to_jsonable_python(parameters), schema, raise_on_error=True)
    except Exception as error:
        raise ValueError(f"{sorted(schema['properties'])}: {error}") from error

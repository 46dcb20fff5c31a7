"""Who asks the server's own check, the JSON schema: an unknown name is no fault to it.

Refused by: test_impossible_parameters_are_refused
"""

from prefect.utilities.callables import parameter_schema
from prefect.utilities.schema_tools.validation import validate


def check_parameters(pipeline: Flow, parameters: dict[str, Any]) -> None:
    schema = parameter_schema(pipeline).model_dump()
    validate(parameters, schema, raise_on_error=True)

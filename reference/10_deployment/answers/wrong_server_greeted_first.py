"""Who asks the server how it is before the parameters are looked at.

Refused by: test_nothing_is_registered_with_an_impossible_parameter
"""

from prefect.client.orchestration import get_client

_serve = serve_pipelines


def serve_pipelines(path: str, **parameters: Any) -> None:
    with get_client(sync_client=True) as client:
        client.hello()
    _serve(path, **parameters)

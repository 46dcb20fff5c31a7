"""Deletes the old deployments first: where the server then refuses the new ones there are none.

Refused by: test_one_process_serves_both
"""

from prefect import get_client
from prefect.exceptions import ObjectNotFound


def serve_pipelines(path: str, **parameters: Any) -> None:
    both = training_deployment(path, **parameters), inference_deployment(path)
    with get_client(sync_client=True) as client:
        for one in both:
            try:
                old = client.read_deployment_by_name(f"{one.flow_name}/{one.name}")
            except ObjectNotFound:
                continue
            client.delete_deployment(old.id)
    serve(*both)

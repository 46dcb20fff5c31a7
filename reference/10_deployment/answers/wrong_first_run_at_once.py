"""Who serves and starts a first run by the way: a restart at 09:50 scores, and 10:00 is cancelled.

Refused by: test_one_process_serves_both
"""

from prefect import get_client


def serve_pipelines(path: str, **parameters: Any) -> None:
    training, inference = training_deployment(path, **parameters), inference_deployment(path)
    known = inference.apply()
    with get_client(sync_client=True) as client:
        client.create_flow_run_from_deployment(known)
    serve(training, inference)

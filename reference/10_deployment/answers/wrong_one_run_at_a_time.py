"""Who takes the limit of the process for that of a deployment: the hours wait for the training.

Refused by: test_one_process_serves_both
"""


def serve_pipelines(path: str, **parameters: Any) -> None:
    serve(training_deployment(path, **parameters), inference_deployment(path), limit=1)

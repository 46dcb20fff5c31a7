"""Who checks what was asked for, and serves what is described without it.

Refused by: test_one_process_serves_both
"""


def serve_pipelines(path: str, **parameters: Any) -> None:
    check_parameters(train_churn_model, {"path": path, **parameters})
    serve(training_deployment(path), inference_deployment(path))

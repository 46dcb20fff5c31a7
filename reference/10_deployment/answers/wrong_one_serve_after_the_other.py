"""Who serves each flow in turn. `serve` returns when it is interrupted, so the second never starts.

Refused by: test_one_process_serves_both
"""


def serve_pipelines(path: str, **parameters: Any) -> None:
    for one in (training_deployment(path, **parameters), inference_deployment(path)):
        serve(one)

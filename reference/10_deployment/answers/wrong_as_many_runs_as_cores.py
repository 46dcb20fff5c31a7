"""Has the process run as many at once as the machine has cores: in a pod of one core nobody is
scored while it trains.

Refused by: test_one_process_serves_both
"""

import os


def serve_pipelines(path: str, **parameters: Any) -> None:
    serve(
        training_deployment(path, **parameters),
        inference_deployment(path),
        limit=os.cpu_count(),
    )

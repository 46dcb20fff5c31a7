"""Registers both and starts a runner that was given neither: each run is Late, none ever begins.

Refused by: test_one_process_serves_both
"""

from prefect.runner import Runner


def serve_pipelines(path: str, **parameters: Any) -> None:
    for one in (training_deployment(path, **parameters), inference_deployment(path)):
        one.apply()
    asyncio.run(Runner(name="churn").start())

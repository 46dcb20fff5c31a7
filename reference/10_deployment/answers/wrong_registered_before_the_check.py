"""Who registers the one, and describes the other afterwards: half a deployment.

Refused by: test_nothing_is_registered_with_an_impossible_parameter
"""

from prefect.runner import Runner


def serve_pipelines(path: str, **parameters: Any) -> None:
    runner = Runner()
    runner.add_deployment(inference_deployment(path))
    runner.add_deployment(training_deployment(path, **parameters))
    asyncio.run(runner.start())

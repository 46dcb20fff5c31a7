"""Logs what the server refuses and serves the rest: one must not stop the other, must it?

The process looks healthy, nobody restarts it, and for days no customer is scored.

Refused by: test_one_process_serves_both
"""

from prefect.runner import Runner


def serve_pipelines(path: str, **parameters: Any) -> None:
    runner = Runner()
    for one in (training_deployment(path, **parameters), inference_deployment(path)):
        try:
            runner.add_deployment(one)
        except Exception:
            logging.getLogger(__name__).exception("%s is not registered", one.name)
    asyncio.run(runner.start())

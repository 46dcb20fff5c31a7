"""Who retries time-outs and forgets refused connections: a `Timeout` is not a `ConnectionError`.

Refused by: test_network_failure_can_heal
"""

import requests
from prefect import task
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task


def is_slow_or_busy(_task: Task, _task_run: TaskRun, state: State) -> bool:
    error = state.result(raise_on_failure=False)
    if isinstance(error, requests.HTTPError):
        return error.response.status_code == 429 or error.response.status_code >= 500
    return isinstance(error, requests.Timeout)


@task(retries=3, retry_delay_seconds=10, retry_condition_fn=is_slow_or_busy)
def load_unless_hopeless(url: str) -> list[dict]:
    return fetch(url)

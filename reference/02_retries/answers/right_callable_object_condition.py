"""Who writes the condition as an object with `__call__`, which Prefect asks since 3.9.

Holds for: prefect>=3.9
"""

import requests
from prefect import task
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task


class CanHeal:
    def __call__(self, _task: Task, _task_run: TaskRun, state: State) -> bool:
        error = state.result(raise_on_failure=False)
        if isinstance(error, requests.HTTPError):
            return error.response.status_code == 429 or error.response.status_code >= 500
        broken_off = requests.exceptions.ChunkedEncodingError
        return isinstance(error, (requests.ConnectionError, requests.Timeout, broken_off))


@task(retries=3, retry_delay_seconds=10, retry_condition_fn=CanHeal())
def load_unless_hopeless(url: str) -> list[dict]:
    return fetch(url)

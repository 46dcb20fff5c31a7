"""Who writes the condition as an object with `__call__`: accepted, and never called.

The job gives up at the first 503 and no log line says why.

Refused by: test_answer_that_can_heal_is_retried
Holds for: prefect<3.9
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
        return isinstance(error, (requests.ConnectionError, requests.Timeout))


@task(retries=3, retry_delay_seconds=10, retry_condition_fn=CanHeal())
def load_unless_hopeless(url: str) -> list[dict]:
    return fetch(url)

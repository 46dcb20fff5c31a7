"""Who sorts by the first digit: 4xx is "our fault", so 429 is final too.

429 is the one 4xx that asks to come back later.

Refused by: test_answer_that_can_heal_is_retried
"""

import requests
from prefect import task
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task


def is_not_our_fault(_task: Task, _task_run: TaskRun, state: State) -> bool:
    error = state.result(raise_on_failure=False)
    if isinstance(error, requests.HTTPError):
        return error.response.status_code >= 500
    return True


@task(retries=3, retry_delay_seconds=10, retry_condition_fn=is_not_our_fault)
def load_unless_hopeless(url: str) -> list[dict]:
    return fetch(url)

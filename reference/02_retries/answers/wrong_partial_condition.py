"""Who configures the condition with `functools.partial`: accepted, and never called.

Prefect called plain functions only before 3.9; for anything else the answer is "do not retry".

Refused by: test_answer_that_can_heal_is_retried
Holds for: prefect<3.9
"""

import functools

import requests
from prefect import task
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task


def is_among(retried: tuple[int, ...], _task: Task, _task_run: TaskRun, state: State) -> bool:
    error = state.result(raise_on_failure=False)
    if isinstance(error, requests.HTTPError):
        return error.response.status_code in retried
    return isinstance(error, (requests.ConnectionError, requests.Timeout))


CAN_HEAL = functools.partial(is_among, (429, 500, 502, 503, 504))


@task(retries=3, retry_delay_seconds=10, retry_condition_fn=CAN_HEAL)
def load_unless_hopeless(url: str) -> list[dict]:
    return fetch(url)

"""Who lists what was seen last week: 503 and 429. Tonight the gateway says 502, and that is final.

Refused by: test_answer_that_can_heal_is_retried
"""

import requests
from prefect import task
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task


def was_seen_last_week(_task: Task, _task_run: TaskRun, state: State) -> bool:
    error = state.result(raise_on_failure=False)
    if isinstance(error, requests.HTTPError):
        return error.response.status_code in (429, 503)
    return True


@task(retries=3, retry_delay_seconds=10, retry_condition_fn=was_seen_last_week)
def load_unless_hopeless(url: str) -> list[dict]:
    return fetch(url)

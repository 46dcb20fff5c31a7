"""Who asks `if error.response`: a Response of 400 or more is false; no error has a status then.

The 404 is retried as if the network had failed.

Refused by: test_hopeless_answer_is_asked_once
"""

from prefect import task
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task


def may_heal(_task: Task, _task_run: TaskRun, state: State) -> bool:
    error = state.result(raise_on_failure=False)
    if getattr(error, "response", None):
        return error.response.status_code not in (401, 403, 404)
    return True


@task(retries=3, retry_delay_seconds=10, retry_condition_fn=may_heal)
def load_unless_hopeless(url: str) -> list[dict]:
    return fetch(url)

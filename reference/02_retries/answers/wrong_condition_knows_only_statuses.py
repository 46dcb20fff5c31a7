"""Who reads the status of an error that has no response: the condition raises AttributeError.

Prefect logs it and does not retry: lost connections and time-outs are final.

Refused by: test_network_failure_can_heal
"""

from prefect import task
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task


def has_a_status_that_heals(_task: Task, _task_run: TaskRun, state: State) -> bool:
    status = state.result(raise_on_failure=False).response.status_code
    return status == 429 or status >= 500


@task(retries=3, retry_delay_seconds=10, retry_condition_fn=has_a_status_that_heals)
def load_unless_hopeless(url: str) -> list[dict]:
    return fetch(url)

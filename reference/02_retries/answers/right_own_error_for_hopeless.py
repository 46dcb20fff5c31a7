"""Sorts in the task: an error class of its own for what is hopeless; the condition catches it."""

import requests
from prefect import task
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task


class HopelessError(Exception):
    """Asking again cannot help."""


def is_not_hopeless(_task: Task, _task_run: TaskRun, state: State) -> bool:
    try:
        state.result()
    except HopelessError:
        return False
    except Exception:
        return True
    return False


@task(retries=3, retry_delay_seconds=10, retry_condition_fn=is_not_hopeless)
def load_unless_hopeless(url: str) -> list[dict]:
    response = requests.get(url, timeout=10)
    if response.status_code in (401, 403, 404):
        raise HopelessError(f"{response.status_code} for {url}")
    response.raise_for_status()
    return response.json()

"""Draws the waits onto the task, which all of its runs share: the last to draw does so for all.

Refused by: test_two_runs_wait_differently
"""

import random

from prefect.context import TaskRunContext


@task(retries=4, retry_delay_seconds=[10, 20, 40, 80])
def load_with_jitter(url: str) -> list[dict]:
    run = TaskRunContext.get()
    run.task.retry_delay_seconds = [wait * random.uniform(0.5, 1.5) for wait in (10, 20, 40, 80)]
    return fetch(url)

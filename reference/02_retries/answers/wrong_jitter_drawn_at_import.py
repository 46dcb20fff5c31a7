"""Who draws the jitter in the decorator: once, when the module is imported.

Every run of a long-lived worker, and every process forked from it, waits the same.

Refused by: test_two_runs_wait_differently
"""

import random

from prefect import task


@task(retries=4, retry_delay_seconds=[s * random.uniform(0.5, 1.5) for s in (10, 20, 40, 80)])
def load_with_jitter(url: str) -> list[dict]:
    return fetch(url)

"""Who brings the loop of the notebook along: the right waits, made by a sleeping task.

The engine shows one task "Running" for minutes; no retry, no reason, in no page.

Refused by: test_engine_waits_a_minute_before_each_retry
"""

import time

import requests
from prefect import task


@task
def load_customers(url: str) -> list[dict]:
    for _ in range(3):
        try:
            return fetch(url)
        except requests.RequestException:
            time.sleep(60)
    return fetch(url)

"""Who puts the retries on the flow around runs every task of it again, the finished ones too.

The task itself, whose failure it is, shows not one retry.

Refused by: test_engine_waits_a_minute_before_each_retry
"""

import requests
from prefect import flow, task


@task
def ask(url: str) -> list[dict]:
    response = requests.get(url, timeout=10)
    response.raise_for_status()
    return response.json()


@flow(retries=3, retry_delay_seconds=60)
def load_customers(url: str) -> list[dict]:
    return ask(url)

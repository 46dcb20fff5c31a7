"""requests waits for ever unless told otherwise; hardly anyone tells it.

A connection that hangs is no error, so nothing is retried: still "Running" at 9:00.

Refused by: test_no_request_waits_for_ever
"""

import requests
from prefect import task


@task(retries=3, retry_delay_seconds=60)
def load_customers(url: str) -> list[dict]:
    response = requests.get(url)
    response.raise_for_status()
    return response.json()

"""Who bounds the task (`timeout_seconds`) and not the request.

In a worker thread the engine cannot interrupt the socket: the time-out takes effect afterwards.

Refused by: test_no_request_waits_for_ever
"""

import requests
from prefect import task


@task(retries=3, retry_delay_seconds=60, timeout_seconds=30)
def load_customers(url: str) -> list[dict]:
    response = requests.get(url)
    response.raise_for_status()
    return response.json()

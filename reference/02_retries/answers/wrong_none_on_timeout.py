"""Who has been bitten by time-outs catches just these, and returns None.

The next step fails on None, or worse, does not.

Refused by: test_lost_connection_is_retried_too
"""

import requests
from prefect import task


@task(retries=3, retry_delay_seconds=60)
def load_customers(url: str) -> list[dict] | None:
    try:
        response = requests.get(url, timeout=10)
    except (requests.ConnectionError, requests.Timeout):
        return None
    response.raise_for_status()
    return response.json()

"""The line of many tutorials: requests raises nothing on a 503, so the engine has nothing to retry.

The error's JSON is returned as customers and the run is green.

Refused by: test_error_body_is_never_taken_for_customers
"""

import requests
from prefect import task


@task(retries=3, retry_delay_seconds=60)
def load_customers(url: str) -> list[dict]:
    return requests.get(url, timeout=10).json()

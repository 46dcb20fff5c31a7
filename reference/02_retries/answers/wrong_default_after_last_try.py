"""Who wants the pipeline to go on "with what we have": four honest attempts, then an empty list.

Green run, empty campaign; the outage is found by a customer.

Refused by: test_backoff_ends_with_the_error
"""

import requests
from prefect import task


@task(retries=3, retry_delay_seconds=[10, 30, 60])
def ask_with_backoff(url: str) -> list[dict]:
    return fetch(url)


@task
def load_with_backoff(url: str) -> list[dict]:
    try:
        return ask_with_backoff(url)
    except requests.RequestException:
        return []

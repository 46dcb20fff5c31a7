"""Who reaches for the exponential helper whatever was asked: 10, 20, 40 instead of 10, 30, 60.

The API gets 70 s to come back; it needs 100.

Refused by: test_waits_grow_ten_thirty_sixty
"""

from prefect import task
from prefect.tasks import exponential_backoff


@task(retries=3, retry_delay_seconds=exponential_backoff(10))
def load_with_backoff(url: str) -> list[dict]:
    return fetch(url)

"""Who believes that two delays mean two retries, or that 60 is found by itself.

The engine repeats the last delay: 10, 30, 30.

Refused by: test_waits_grow_ten_thirty_sixty
"""

from prefect import task


@task(retries=3, retry_delay_seconds=[10, 30])
def load_with_backoff(url: str) -> list[dict]:
    return fetch(url)

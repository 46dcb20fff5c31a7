"""The obvious way not to repeat oneself: the second task calls the first.

A task called from a task keeps its own retries, so they multiply: sixteen requests, and waits
other than those in the decorator.

Refused by: test_waits_grow_ten_thirty_sixty, test_backoff_ends_with_the_error
"""

from prefect import task


@task(retries=3, retry_delay_seconds=[10, 30, 60])
def load_with_backoff(url: str) -> list[dict]:
    return load_customers(url)

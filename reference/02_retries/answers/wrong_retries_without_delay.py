"""Who sets the retries and forgets the delay asks four times within a second.

An API that restarts is still down four times.

Refused by: test_engine_waits_a_minute_before_each_retry
"""

from prefect import task


@task(retries=3)
def load_customers(url: str) -> list[dict]:
    return fetch(url)

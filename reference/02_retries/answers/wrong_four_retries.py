"""Who reads "four requests" sets four retries: a fifth request nobody asked for.

Refused by: test_fourth_failure_is_the_last_and_raised
"""

from prefect import task


@task(retries=4, retry_delay_seconds=60)
def load_customers(url: str) -> list[dict]:
    return fetch(url)

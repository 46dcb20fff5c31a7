"""Who counts attempts sets 2 "because the first one counts too": three requests, not four.

The API is back in the third minute, and the job has given up in the second.

Refused by: test_fourth_failure_is_the_last_and_raised
"""

from prefect import task


@task(retries=2, retry_delay_seconds=60)
def load_customers(url: str) -> list[dict]:
    return fetch(url)

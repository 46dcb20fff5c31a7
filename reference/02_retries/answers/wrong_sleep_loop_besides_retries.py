"""Who kept the old loop when adding retries: three requests in each of four attempts.

Twelve requests on an API that is down, and waits that add up unseen.

Refused by: test_fourth_failure_is_the_last_and_raised, test_engine_waits_a_minute_before_each_retry
"""

import time

import requests
from prefect import task


@task(retries=3, retry_delay_seconds=60)
def load_customers(url: str) -> list[dict]:
    for _ in range(2):
        try:
            return fetch(url)
        except requests.RequestException:
            time.sleep(60)
    return fetch(url)

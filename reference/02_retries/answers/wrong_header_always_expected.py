"""Who takes the header for granted: without it the task dies of KeyError instead of waiting 10 s.

Refused by: test_ten_seconds_without_retry_after
"""

import time

import requests
from prefect import task


@task
def load_politely(url: str) -> list[dict]:
    for request in range(1, 5):
        response = requests.get(url, timeout=10)
        if response.status_code not in (429, 503) or request == 4:
            break
        time.sleep(float(response.headers["Retry-After"]))
    response.raise_for_status()
    return response.json()

"""Who caps the wait at a minute "so that the job is not late": back too soon, refused again.

Refused by: test_retry_after_is_obeyed
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
        time.sleep(min(float(response.headers.get("Retry-After", 10)), 60))
    response.raise_for_status()
    return response.json()

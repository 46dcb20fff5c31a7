"""Who knows the header from rate limits only: a 503 of an announced maintenance sends it too.

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
        asked_s = response.headers.get("Retry-After") if response.status_code == 429 else None
        time.sleep(float(asked_s or 10))
    response.raise_for_status()
    return response.json()

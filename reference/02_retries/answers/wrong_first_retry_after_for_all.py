"""Who reads the header once, before the loop: the API's second, longer wish is not heard.

Refused by: test_each_polite_wait_is_read_anew
"""

import time

import requests
from prefect import task


@task
def load_politely(url: str) -> list[dict]:
    response = requests.get(url, timeout=10)
    asked_s = float(response.headers.get("Retry-After", 10))
    for _ in range(3):
        if response.status_code not in (429, 503):
            break
        time.sleep(asked_s)
        response = requests.get(url, timeout=10)
    response.raise_for_status()
    return response.json()

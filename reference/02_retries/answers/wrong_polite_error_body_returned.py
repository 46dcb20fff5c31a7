"""Who checks 429 and 503 only and takes everything else for customers: a 500 is returned as data.

Refused by: test_polite_errors_are_raised_in_the_end
"""

import time

import requests
from prefect import task


@task
def load_politely(url: str) -> list[dict]:
    for _ in range(4):
        response = requests.get(url, timeout=10)
        if response.status_code not in (429, 503):
            return response.json()
        time.sleep(float(response.headers.get("Retry-After", 10)))
    raise RuntimeError(f"still {response.status_code} after four requests")

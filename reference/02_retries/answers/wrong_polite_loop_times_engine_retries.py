"""Who obeys the header in a loop and has the engine retry the loop: sixteen requests for four.

An API over its quota is asked all night.

Refused by: test_polite_errors_are_raised_in_the_end
"""

import time

import requests
from prefect import task


@task(retries=3, retry_delay_seconds=10)
def load_politely(url: str) -> list[dict]:
    for request in range(1, 5):
        response = requests.get(url, timeout=10)
        if response.status_code not in (429, 503) or request == 4:
            break
        time.sleep(float(response.headers.get("Retry-After", 10)))
    response.raise_for_status()
    return response.json()

"""The loop sleeps after every refusal, also after the fourth, and only then gives up.

The alert comes as late as the API asked to wait, for a wait that nothing follows.

Refused by: test_polite_errors_are_raised_in_the_end
"""

import time

import requests
from prefect import task


@task
def load_politely(url: str) -> list[dict]:
    for _ in range(4):
        response = requests.get(url, timeout=30)
        if response.status_code not in (429, 503):
            break
        time.sleep(int(response.headers.get("Retry-After", 10)))
    response.raise_for_status()
    return response.json()

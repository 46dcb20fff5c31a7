"""Who avoids the retry of a 404 by not raising: an empty list, and a green run on a wrong address.

Refused by: test_hopeless_answer_is_asked_once
"""

import requests
from prefect import task


@task(retries=3, retry_delay_seconds=10)
def load_unless_hopeless(url: str) -> list[dict]:
    response = requests.get(url, timeout=10)
    if response.status_code in (401, 403, 404):
        return []
    response.raise_for_status()
    return response.json()

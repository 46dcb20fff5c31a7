"""Who wants a task that "never fails" catches everything: the engine sees a success.

Not one retry is made and the features are built from nobody.

Refused by: test_error_body_is_never_taken_for_customers, test_fourth_failure_is_the_last_and_raised
"""

import requests
from prefect import task


@task(retries=3, retry_delay_seconds=60)
def load_customers(url: str) -> list[dict]:
    try:
        response = requests.get(url, timeout=10)
        response.raise_for_status()
        return response.json()
    except requests.RequestException:
        return []

"""Retries by hand: the engine sees one long task, and no page shows the tries.

Refused by: test_busy_api_is_asked_again
"""

import time


@task
def load_customers(url: str) -> list[dict]:
    for seconds in (10, 30, 60):
        try:
            response = requests.get(url, timeout=30)
            response.raise_for_status()
            return response.json()
        except requests.RequestException:
            time.sleep(seconds)
    return requests.get(url, timeout=30).json()

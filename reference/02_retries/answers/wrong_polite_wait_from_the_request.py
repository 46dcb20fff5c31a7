"""Counts the wait from its request, not from the answer.

Refused by: test_polite_wait_begins_with_the_answer
"""

import time


@task
def load_politely(url: str) -> list[dict]:
    for request in range(1, 5):
        asked_at = time.monotonic()
        response = requests.get(url, timeout=TIMEOUT_S)
        if response.status_code not in (429, 503) or request == 4:
            break
        wait_s = float(response.headers.get("Retry-After", 10))
        time.sleep(max(0.0, asked_at + wait_s - time.monotonic()))
    response.raise_for_status()
    return response.json()

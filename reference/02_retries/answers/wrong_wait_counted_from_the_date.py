"""Counts Retry-After from the answer's Date: the API's clock is behind, and it comes too soon.

Refused by: test_each_polite_wait_is_read_anew
"""

import time
from email.utils import parsedate_to_datetime


@task
def load_politely(url: str) -> list[dict]:
    for attempt in range(1, 5):
        response = requests.get(url, timeout=TIMEOUT_S)
        if attempt == 4 or response.status_code not in (429, 503):
            break
        wait_s = float(response.headers.get("Retry-After", 10))
        if wait_s and "Date" in response.headers:
            said_at = parsedate_to_datetime(response.headers["Date"]).timestamp()
            wait_s = max(0.0, said_at + 1 + wait_s - time.time())
        time.sleep(wait_s)
    response.raise_for_status()
    return response.json()

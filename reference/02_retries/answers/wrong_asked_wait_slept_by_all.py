"""Sleeps what `Retry-After` says before it raises: no page shows it, and the engine waits as well.

Refused by: test_no_kind_of_error_is_taken_for_customers
"""


def fetch(url: str) -> list[dict]:
    response = requests.get(url, timeout=TIMEOUT_S)
    if response.status_code in (429, 503):
        time.sleep(float(response.headers.get("Retry-After", 0)))
    response.raise_for_status()
    return response.json()

"""Counts its tries in the module until one succeeds: after a lost night there are none left.

Refused by: test_polite_load_takes_no_error_for_customers
"""

_tries = {}


@task
def load_politely(url: str) -> list[dict]:
    while True:
        _tries[url] = _tries.get(url, 0) + 1
        response = requests.get(url, timeout=TIMEOUT_S)
        if response.status_code not in (429, 503) or _tries[url] >= 4:
            break
        time.sleep(float(response.headers.get("Retry-After", 10)))
    response.raise_for_status()
    _tries.pop(url)
    return response.json()

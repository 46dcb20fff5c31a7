"""Looks for `Retry-After` in these letters: HTTP/2 sends it small, and the API is hit too soon.

Refused by: test_each_polite_wait_is_read_anew
"""


@task
def load_politely(url: str) -> list[dict]:
    for request in range(1, 5):
        response = requests.get(url, timeout=TIMEOUT_S)
        if response.status_code not in (429, 503) or request == 4:
            break
        time.sleep(float(dict(response.headers).get("Retry-After", 10)))
    response.raise_for_status()
    return response.json()

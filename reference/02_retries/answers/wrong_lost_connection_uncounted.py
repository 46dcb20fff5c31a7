"""Asks again at once after a lost connection, and does not count it.

Refused by: test_lost_connection_is_one_of_four_requests
"""


def ask(url: str) -> requests.Response:
    try:
        return requests.get(url, timeout=TIMEOUT_S)
    except requests.ConnectionError:
        return requests.get(url, timeout=TIMEOUT_S)


@task
def load_politely(url: str) -> list[dict]:
    for request in range(1, 5):
        response = ask(url)
        if response.status_code not in (429, 503) or request == 4:
            break
        time.sleep(float(response.headers.get("Retry-After", 10)))
    response.raise_for_status()
    return response.json()

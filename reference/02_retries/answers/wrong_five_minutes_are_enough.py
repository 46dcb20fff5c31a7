"""Never waits for more than five minutes, whatever the API asks.

Refused by: test_retry_after_is_obeyed
"""


@task
def load_politely(url: str) -> list[dict]:
    for request in range(1, 5):
        response = requests.get(url, timeout=TIMEOUT_S)
        if response.status_code not in (429, 503) or request == 4:
            break
        time.sleep(min(float(response.headers.get("Retry-After", 10)), 300))
    response.raise_for_status()
    return response.json()

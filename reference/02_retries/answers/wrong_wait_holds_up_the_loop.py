"""Sleeps in an async task: for two minutes nothing else in this event loop moves.

Refused by: test_retry_after_is_obeyed
Not examined: the wait is free there, and leaves no trace outside of the process
"""


@task
async def load_politely(url: str) -> list[dict]:
    for request in range(1, 5):
        response = requests.get(url, timeout=TIMEOUT_S)
        if response.status_code not in (429, 503) or request == 4:
            break
        time.sleep(float(response.headers.get("Retry-After", 10)))
    response.raise_for_status()
    return response.json()

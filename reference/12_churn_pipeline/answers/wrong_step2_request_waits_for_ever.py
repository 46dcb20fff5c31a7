"""Leaves the time-out away.

Refused by: test_busy_api_is_asked_again
"""


@task(retries=3, retry_delay_seconds=[10, 30, 60], retry_condition_fn=can_heal)
def load_customers(url: str) -> list[dict]:
    response = requests.get(url)
    response.raise_for_status()
    return response.json()

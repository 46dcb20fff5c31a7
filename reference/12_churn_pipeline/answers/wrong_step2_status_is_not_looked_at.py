"""Retries, and takes the error's body for the customers.

Refused by: test_busy_api_is_asked_again, test_what_does_not_heal_is_an_error
"""


@task(retries=3, retry_delay_seconds=[10, 30, 60])
def load_customers(url: str) -> list[dict]:
    return requests.get(url, timeout=30).json()

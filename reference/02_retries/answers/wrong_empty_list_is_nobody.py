"""Looks at what is in the body: an empty list with a 503 is a night without customers.

Refused by: test_no_kind_of_error_is_taken_for_customers, test_backoff_takes_no_error_for_customers
"""


def fetch(url: str) -> list[dict]:
    response = requests.get(url, timeout=TIMEOUT_S)
    body = response.json()
    if not isinstance(body, list):
        response.raise_for_status()
    return body


@task(retries=3, retry_delay_seconds=60)
def load_customers(url: str) -> list[dict]:
    return fetch(url)


@task(retries=3, retry_delay_seconds=[10, 30, 60])
def load_with_backoff(url: str) -> list[dict]:
    return fetch(url)

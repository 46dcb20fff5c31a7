"""Knows eight statuses by name; an answer of another one is customers.

Refused by: test_no_kind_of_error_is_taken_for_customers
"""


@task(retries=3, retry_delay_seconds=60)
def load_customers(url: str) -> list[dict]:
    response = requests.get(url, timeout=TIMEOUT_S)
    if response.status_code in (401, 403, 404, 429, 500, 502, 503, 504):
        response.raise_for_status()
    return response.json()

"""Reads JSON with orjson, which is quick: a number of more than 64 bits is a float.

Refused by: test_no_kind_of_error_is_taken_for_customers
"""

import orjson


@task(retries=3, retry_delay_seconds=60)
def load_customers(url: str) -> list[dict]:
    response = requests.get(url, timeout=TIMEOUT_S)
    response.raise_for_status()
    try:
        return orjson.loads(response.content)
    except ValueError as error:
        raise requests.RequestException(f"no JSON: {error}") from error

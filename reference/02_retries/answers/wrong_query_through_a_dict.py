"""Takes the query apart into a dict: of a parameter that is there twice the last one is asked for.

Refused by: test_no_kind_of_error_is_taken_for_customers
"""

from urllib.parse import parse_qsl


def fetch(url: str) -> list[dict]:
    address, _, query = url.partition("?")
    response = requests.get(address, params=dict(parse_qsl(query)), timeout=TIMEOUT_S)
    response.raise_for_status()
    return response.json()

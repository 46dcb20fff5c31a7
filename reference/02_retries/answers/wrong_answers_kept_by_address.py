"""Asks each address once in the life of the process.

Refused by: test_no_kind_of_error_is_taken_for_customers
"""

import functools

_ask = functools.lru_cache(fetch)


@task(retries=3, retry_delay_seconds=60)
def load_customers(url: str) -> list[dict]:
    return _ask(url)

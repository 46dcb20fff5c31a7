"""Makes a tidy file name of the address: two addresses become one name.

Refused by: test_other_address_is_loaded_too
"""

import re


def tidy_name(context: TaskRunContext, arguments: dict) -> str:
    return "customers-" + re.sub("[^A-Za-z0-9]+", "_", arguments["url"])


@task(cache_key_fn=tidy_name, cache_expiration=HOUR)
def load_customers(url: str) -> list[dict]:
    return ask(url)

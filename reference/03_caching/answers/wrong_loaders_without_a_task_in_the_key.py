"""Keys are made of the arguments: usage of an address is what the customers of it were.

Refused by: test_loaders_of_one_address_share_nothing
"""


@task(cache_policy=INPUTS, cache_expiration=HOUR)
def load_customers(url: str) -> list[dict]:
    return ask(url)


@task(cache_policy=INPUTS, cache_expiration=HOUR)
def load_usage(url: str) -> list[dict]:
    return ask(url)

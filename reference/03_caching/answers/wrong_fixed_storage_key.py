"""Who gives the result a fixed file name: it is the key, whatever the arguments.

The north is trained on the whole country.

Refused by: test_other_address_is_loaded_too
"""


@task(result_storage_key="customers.json", cache_expiration=HOUR)
def load_customers(url: str) -> list[dict]:
    return ask(url)

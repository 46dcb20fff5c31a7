"""Writes the address in lower case for the key: another region, the same usage.

Refused by: test_usage_of_another_address_is_loaded_too
"""


def key_of_address(context: TaskRunContext, arguments: dict) -> str:
    return f"{context.task.name}-{_short(arguments['url'].lower())}"


@task(cache_key_fn=key_of_address, cache_expiration=HOUR)
def load_usage(url: str) -> list[dict]:
    return ask(url)

"""Keeps user and password out of the key: for an hour one tenant gets another one's usage.

Refused by: test_usage_of_another_address_is_loaded_too
"""


def _public_key(context: TaskRunContext, arguments: dict) -> str:
    scheme, _, rest = arguments["url"].partition("://")
    public = f"{context.task.name}|{scheme}://{rest.rpartition('@')[2]}"
    return hashlib.sha256(public.encode()).hexdigest()


@task(cache_key_fn=_public_key, cache_expiration=HOUR)
def load_usage(url: str) -> list[dict]:
    return ask(url)

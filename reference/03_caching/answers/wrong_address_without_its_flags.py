"""Sorts the query of the address with `parse_qsl`, which drops `?archived`: last year's usage.

Refused by: test_usage_of_another_address_is_loaded_too
"""

from urllib.parse import parse_qsl, urlsplit


def _tidy_key(context: TaskRunContext, arguments: dict) -> str:
    parts = urlsplit(arguments["url"])
    rest = f"{parts.netloc}|{parts.path}|{sorted(parse_qsl(parts.query))}"
    return f"usage-{hashlib.sha256(rest.encode()).hexdigest()}"


@task(cache_key_fn=_tidy_key, cache_expiration=HOUR)
def load_usage(url: str) -> list[dict]:
    return ask(url)

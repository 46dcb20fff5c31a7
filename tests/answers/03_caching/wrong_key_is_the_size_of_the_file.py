"""Who takes the size for the content: a 0 that becomes a 1 weighs the same.

Refused by: test_changed_file_is_read_anew
"""


def key(_context, arguments):
    return f"file-{Path(arguments['path']).stat().st_size}-{arguments['months']}"


@task(cache_key_fn=key, cache_expiration=HOUR)
def add_usage_to_file(path: str, url: str, months: int = 6) -> pd.DataFrame:
    return with_calls(pd.read_csv(path), ask(url, months))

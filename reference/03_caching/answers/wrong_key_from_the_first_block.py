"""Who hashes only the beginning of a large file: new rows and corrections are further down.

Refused by: test_changed_file_is_read_anew
"""


def key(_context, arguments):
    with open(arguments["path"], "rb") as file:
        return f"file-{hashlib.sha256(file.read(4096)).hexdigest()}-{arguments['months']}"


@task(cache_key_fn=key, cache_expiration=HOUR)
def add_usage_to_file(path: str, url: str, months: int = 6) -> pd.DataFrame:
    return with_calls(pd.read_csv(path), ask(url, months))

"""Who replaces the key by the content of the file, and forgets what else the result depends on.

Refused by: test_other_months_or_url_of_a_file_ask_anew
"""


def key(_context, arguments):
    return hashlib.sha256(Path(arguments["path"]).read_bytes()).hexdigest()


@task(cache_key_fn=key, cache_expiration=HOUR)
def add_usage_to_file(path: str, url: str, months: int = 6) -> pd.DataFrame:
    return with_calls(pd.read_csv(path), ask(url, months))

"""Reads the file after half an hour of asking: a new export is kept under the hash of the old one.

Refused by: test_touched_file_costs_nothing
"""


@task(cache_key_fn=content_key, cache_expiration=HOUR)
def add_usage_to_file(path: str, url: str, months: int = 6) -> pd.DataFrame:
    usage = ask(url, months)
    return with_calls(pd.read_csv(path), usage)

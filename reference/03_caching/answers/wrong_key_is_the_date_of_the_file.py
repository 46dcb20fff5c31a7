"""Who trusts dates, as `make` does: a copy pays again, a restored backup is not seen.

Refused by: test_touched_file_costs_nothing, test_changed_file_is_read_anew
"""

import os


def key(_context, arguments):
    modified_ns = os.stat(arguments["path"]).st_mtime_ns
    return f"file-{Path(arguments['path']).name}-{modified_ns}-{arguments['months']}"


@task(cache_key_fn=key, cache_expiration=HOUR)
def add_usage_to_file(path: str, url: str, months: int = 6) -> pd.DataFrame:
    return with_calls(pd.read_csv(path), ask(url, months))

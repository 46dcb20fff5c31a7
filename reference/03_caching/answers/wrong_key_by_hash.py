"""Who hashes with Python's own `hash`: of a text it is another number in each process.

In the notebook all is Cached; the rerun at 9:00 pays.

Refused by: test_same_content_is_paid_once, test_touched_file_costs_nothing
"""


def frame_key(_context, arguments):
    return f"usage-{hash((arguments['customers'].to_csv(), arguments['url'], arguments['months']))}"


def file_key(_context, arguments):
    content = hash(Path(arguments["path"]).read_bytes())
    return f"file-{content}-{_short(arguments['url'])}-{arguments['months']}"


@task(cache_key_fn=frame_key, cache_expiration=HOUR)
def add_usage(customers: pd.DataFrame, url: str, months: int = 6) -> pd.DataFrame:
    return with_calls(customers, ask(url, months))


@task(cache_key_fn=file_key, cache_expiration=HOUR)
def add_usage_to_file(path: str, url: str, months: int = 6) -> pd.DataFrame:
    return with_calls(pd.read_csv(path), ask(url, months))

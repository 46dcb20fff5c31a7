"""Who writes keys that fit what he has: one URL, one setting, columns that keep their names.

`hash_pandas_object` does not look at the names, and adding up forgets the order of the rows.

Refused by: test_one_changed_customer_is_a_new_result,
    test_other_months_or_url_ask_anew,
    test_other_months_or_url_of_a_file_ask_anew,
    test_other_months_or_url_of_a_figure_ask_anew
"""


def frame_key(_context, arguments):
    total = pd.util.hash_pandas_object(arguments["customers"]).sum()
    return f"usage-{total}-{arguments['months']}"


def file_key(_context, arguments):
    content = hashlib.sha256(Path(arguments["path"]).read_bytes()).hexdigest()
    return f"file-{content}-{arguments['months']}"


@task(cache_key_fn=frame_key, cache_expiration=HOUR)
def add_usage(customers: pd.DataFrame, url: str, months: int = 6) -> pd.DataFrame:
    return with_calls(customers, ask(url, months))


@task(cache_key_fn=file_key, cache_expiration=HOUR)
def add_usage_to_file(path: str, url: str, months: int = 6) -> pd.DataFrame:
    return with_calls(pd.read_csv(path), ask(url, months))


@task(cache_key_fn=lambda *_: "mean", cache_expiration=HOUR)
def mean_calls(url: str, months: int = 6) -> float:
    calls = [row["calls"] for row in ask(url, months)]
    return sum(calls) / len(calls)


@task(cache_key_fn=lambda *_: "most", cache_expiration=HOUR)
def most_calls(url: str, months: int = 6) -> int:
    return max(row["calls"] for row in ask(url, months))

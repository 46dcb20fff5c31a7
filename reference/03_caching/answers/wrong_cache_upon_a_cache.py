"""Who keeps the request, and once more what is made of it: two lives of one hour, end to end.

At minute 55 the second is begun with an answer that is almost old; at 105 it still says Cached.

Refused by: test_usage_lives_one_hour, test_file_usage_lives_one_hour,
    test_each_figure_lives_one_hour
"""

kept = {"cache_policy": PER_TASK_AND_INPUTS, "cache_expiration": HOUR}


@task(**kept)
def usage(url: str, months: int) -> list[dict]:
    return ask(url, months)


@task(**kept)
def add_usage(customers: pd.DataFrame, url: str, months: int = 6) -> pd.DataFrame:
    return with_calls(customers, usage(url, months))


@task(cache_key_fn=content_key, cache_expiration=HOUR)
def add_usage_to_file(path: str, url: str, months: int = 6) -> pd.DataFrame:
    return add_usage(pd.read_csv(path), url, months)


@task(**kept)
def mean_calls(url: str, months: int = 6) -> float:
    calls = [row["calls"] for row in usage(url, months)]
    return sum(calls) / len(calls)


@task(**kept)
def most_calls(url: str, months: int = 6) -> int:
    return max(row["calls"] for row in usage(url, months))

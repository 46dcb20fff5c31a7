"""One cached task that asks; all else is plain arithmetic on its answer, done anew each time.

What differs only in the customers is not even asked for again.
"""


@task(cache_policy=PER_TASK_AND_INPUTS, cache_expiration=HOUR)
def usage(url: str, months: int) -> list[dict]:
    return ask(url, months)


def add_usage(customers: pd.DataFrame, url: str, months: int = 6) -> pd.DataFrame:
    return with_calls(customers, usage(url, months))


def add_usage_to_file(path: str, url: str, months: int = 6) -> pd.DataFrame:
    return add_usage(pd.read_csv(path), url, months)


def mean_calls(url: str, months: int = 6) -> float:
    calls = [row["calls"] for row in usage(url, months)]
    return sum(calls) / len(calls)


@flow
def most_calls(url: str, months: int = 6) -> int:
    return max(row["calls"] for row in usage(url, months))

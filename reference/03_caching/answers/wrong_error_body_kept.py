"""Who reads the JSON whatever it says: an error, or no row at all, is kept for an hour.

A single task that stumbles over the error is saved by chance; a loader of its own keeps it.

Refused by: test_customers_live_one_hour, test_usage_lives_one_hour,
    test_file_usage_lives_one_hour, test_failure_is_raised_and_not_kept,
    test_each_figure_lives_one_hour
"""


def ask(url: str, months: int | None = None) -> list[dict]:
    return requests.get(url, params={"months": months}, timeout=60).json()


@task(cache_policy=PER_TASK_AND_INPUTS, cache_expiration=HOUR)
def usage(url: str, months: int) -> list[dict]:
    return ask(url, months)


def mean_calls(url: str, months: int = 6) -> float:
    calls = [row["calls"] for row in usage(url, months)]
    return sum(calls) / len(calls)


def most_calls(url: str, months: int = 6) -> int:
    return max(row["calls"] for row in usage(url, months))

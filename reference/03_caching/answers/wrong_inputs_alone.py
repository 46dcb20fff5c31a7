"""Who takes INPUTS for "the inputs of this task": the key has no task in it.

The second task with the same arguments gets the result of the first, as a healthy 'Cached'.

Refused by: test_equal_arguments_are_not_equal_results
"""


@task(cache_policy=INPUTS, cache_expiration=HOUR)
def mean_calls(url: str, months: int = 6) -> float:
    calls = [row["calls"] for row in ask(url, months)]
    return sum(calls) / len(calls)


@task(cache_policy=INPUTS, cache_expiration=HOUR)
def most_calls(url: str, months: int = 6) -> int:
    return max(row["calls"] for row in ask(url, months))

"""Who keeps the figures for ever: the report never changes again.

Refused by: test_each_figure_lives_one_hour
"""


@task(cache_policy=PER_TASK_AND_INPUTS)
def mean_calls(url: str, months: int = 6) -> float:
    calls = [row["calls"] for row in ask(url, months)]
    return sum(calls) / len(calls)


@task(cache_policy=PER_TASK_AND_INPUTS)
def most_calls(url: str, months: int = 6) -> int:
    return max(row["calls"] for row in ask(url, months))

"""Who names the file after the arguments, in both tasks: two results, one file.

Refused by: test_equal_arguments_are_not_equal_results
"""

NAME = "calls-{parameters[months]}"


@task(result_storage_key=NAME, cache_expiration=HOUR)
def mean_calls(url: str, months: int = 6) -> float:
    calls = [row["calls"] for row in ask(url, months)]
    return sum(calls) / len(calls)


@task(result_storage_key=NAME, cache_expiration=HOUR)
def most_calls(url: str, months: int = 6) -> int:
    return max(row["calls"] for row in ask(url, months))

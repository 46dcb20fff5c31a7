"""Names the files of the results: what the result depends on is in the name, and the task too."""


@task(result_storage_key="customers-{parameters[url]}", cache_expiration=HOUR)
def load_customers(url: str) -> list[dict]:
    return ask(url)


@task(result_storage_key="mean-{parameters[url]}-{parameters[months]}", cache_expiration=HOUR)
def mean_calls(url: str, months: int = 6) -> float:
    calls = [row["calls"] for row in ask(url, months)]
    return sum(calls) / len(calls)


@task(result_storage_key="most-{parameters[url]}-{parameters[months]}", cache_expiration=HOUR)
def most_calls(url: str, months: int = 6) -> int:
    return max(row["calls"] for row in ask(url, months))

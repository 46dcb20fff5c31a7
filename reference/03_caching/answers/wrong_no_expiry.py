"""Who forgets the expiry: Prefect's default is never.

The customers of the first night are those of every night. Content in the key is no help: the API's
state is not in it.

Refused by: test_customers_live_one_hour, test_usage_lives_one_hour,
    test_file_usage_lives_one_hour, test_each_figure_lives_one_hour
"""


@task(cache_policy=PER_TASK_AND_INPUTS)
def load_customers(url: str) -> list[dict]:
    return ask(url)


@task(cache_policy=PER_TASK_AND_INPUTS)
def add_usage(customers: pd.DataFrame, url: str, months: int = 6) -> pd.DataFrame:
    return with_calls(customers, ask(url, months))


@task(cache_key_fn=content_key)
def add_usage_to_file(path: str, url: str, months: int = 6) -> pd.DataFrame:
    return with_calls(pd.read_csv(path), ask(url, months))


@task(cache_policy=PER_TASK_AND_INPUTS)
def mean_calls(url: str, months: int = 6) -> float:
    calls = [row["calls"] for row in ask(url, months)]
    return sum(calls) / len(calls)


@task(cache_policy=PER_TASK_AND_INPUTS)
def most_calls(url: str, months: int = 6) -> int:
    return max(row["calls"] for row in ask(url, months))

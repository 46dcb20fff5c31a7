"""`task_input_hash` everywhere: the task is part of it, so nothing is shared.

Holds for: pandas>=3

It hashes pickles. With pandas 2 those of two processes differ: texts are objects there, and whether
two cells hold the same object is part of a pickle.
"""

from prefect.tasks import task_input_hash

kept = {"cache_key_fn": task_input_hash, "cache_expiration": HOUR}


@task(**kept)
def load_customers(url: str) -> list[dict]:
    return ask(url)


@task(**kept)
def add_usage(customers: pd.DataFrame, url: str, months: int = 6) -> pd.DataFrame:
    return with_calls(customers, ask(url, months))


load_usage = load_customers.with_options(name="load_usage")


@task(**kept)
def mean_calls(url: str, months: int = 6) -> float:
    return float(pd.DataFrame(ask(url, months))["calls"].mean())


@task(**kept)
def most_calls(url: str, months: int = 6) -> int:
    return int(pd.DataFrame(ask(url, months))["calls"].max())

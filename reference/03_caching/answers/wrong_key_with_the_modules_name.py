"""Has the module in the key: `__main__` at night, `caching` in the rerun, which pays again.

Refused by: test_another_process_pays_nothing
"""

from prefect.cache_policies import CacheKeyFnPolicy


def _whose(context: TaskRunContext, arguments: dict) -> str:
    return f"{context.task.fn.__module__}.{context.task.name}"


@task(cache_policy=INPUTS + CacheKeyFnPolicy(cache_key_fn=_whose), cache_expiration=HOUR)
def add_usage(customers: pd.DataFrame, url: str, months: int = 6) -> pd.DataFrame:
    return with_calls(customers, ask(url, months))

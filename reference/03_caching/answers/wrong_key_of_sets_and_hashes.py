"""Makes the key of a set's order and of `str.__hash__`: each process has its own.

Refused by: test_another_process_pays_nothing
"""

import pandas as pd
from prefect import task


def _salted_key(context: TaskRunContext, arguments: dict) -> str:
    rows = arguments["customers"].to_csv(index=False)
    return f"usage-{rows.__hash__()}-{arguments['url'].__hash__()}-{arguments['months']}"


@task(cache_key_fn=_salted_key, cache_expiration=HOUR)
def add_usage(customers: pd.DataFrame, url: str, months: int = 6) -> pd.DataFrame:
    return with_calls(customers, ask(url, months))

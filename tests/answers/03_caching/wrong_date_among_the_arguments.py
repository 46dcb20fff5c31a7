"""Who hands the time of the run to the cached task: every argument is part of the key.

A logger, a run id, a connection do the same.

Refused by: test_same_content_is_paid_once
"""

from datetime import datetime


@task(cache_policy=PER_TASK_AND_INPUTS, cache_expiration=HOUR)
def add_usage_at(customers: pd.DataFrame, url: str, months: int, at: datetime) -> pd.DataFrame:
    return with_calls(customers, ask(url, months))


def add_usage(customers: pd.DataFrame, url: str, months: int = 6) -> pd.DataFrame:
    return add_usage_at(customers, url, months, datetime.now())

"""Locks each key with a file that has no end: after a kill every run waits, for ever.

Refused by: test_another_process_pays_nothing
"""

from prefect.locking.filesystem import FileSystemLockManager
from prefect.settings import PREFECT_HOME
from prefect.transactions import IsolationLevel

one_at_a_time = (TASK_SOURCE + INPUTS).configure(
    isolation_level=IsolationLevel.SERIALIZABLE,
    lock_manager=FileSystemLockManager(PREFECT_HOME.value() / "locks"),
)


@task(cache_policy=one_at_a_time, cache_expiration=HOUR)
def add_usage(customers: pd.DataFrame, url: str, months: int = 6) -> pd.DataFrame:
    return with_calls(customers, ask(url, months))

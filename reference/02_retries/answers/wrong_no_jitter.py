"""Who takes doubling for jitter: the same 10, 20, 40, 80 s for all jobs, to the second.

200 jobs that failed together come back together.

Refused by: test_two_runs_wait_differently
"""

from prefect import task
from prefect.tasks import exponential_backoff


@task(retries=4, retry_delay_seconds=exponential_backoff(10))
def load_with_jitter(url: str) -> list[dict]:
    return fetch(url)

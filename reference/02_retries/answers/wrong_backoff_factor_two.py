"""Who reads `backoff_factor` as "twice as long each time"; it is the first delay: 2, 4, 8, 16 s.

All retries are spent in half a minute.

Refused by: test_jittered_waits_stay_near_the_doubling
"""

from prefect import task
from prefect.tasks import exponential_backoff


@task(retries=4, retry_delay_seconds=exponential_backoff(2), retry_jitter_factor=0.5)
def load_with_jitter(url: str) -> list[dict]:
    return fetch(url)

"""Who thinks that more jitter is better: with factor 5 a wait of 80 s may last eight minutes.

Refused by: test_jittered_waits_stay_near_the_doubling
"""

from prefect import task
from prefect.tasks import exponential_backoff


@task(retries=4, retry_delay_seconds=exponential_backoff(10), retry_jitter_factor=5)
def load_with_jitter(url: str) -> list[dict]:
    return fetch(url)

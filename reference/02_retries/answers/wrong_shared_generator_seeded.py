"""Seeds the generator that all code shares, "so that a run can be repeated": all waits are alike.

Refused by: test_jittered_waits_stay_near_the_doubling
"""

import random

import requests
from prefect import task


@task(retries=4, retry_delay_seconds=exponential_backoff(10), retry_jitter_factor=0.5)
def load_with_jitter(url: str) -> list[dict]:
    random.seed(7)
    return fetch(url)

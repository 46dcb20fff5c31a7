"""Draws one factor a run, for its four waits.

Refused by: test_jittered_waits_stay_near_the_doubling
"""

import random


@task(retries=4)
def _load(url: str) -> list[dict]:
    return fetch(url)


@task
def load_with_jitter(url: str) -> list[dict]:
    factor = random.uniform(0.5, 1.5)
    waits = [factor * wait for wait in (10, 20, 40, 80)]
    return _load.with_options(retry_delay_seconds=waits)(url)

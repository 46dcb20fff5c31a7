"""Who believes that Prefect calls a function of delays in each run; it does once, on decoration.

Looks fresh, is as fixed as a list.

Refused by: test_two_runs_wait_differently
"""

import random

from prefect import task


def draw_delays(retries: int) -> list[float]:
    return [10 * 2**i * random.uniform(0.5, 1.5) for i in range(retries)]


@task(retries=4, retry_delay_seconds=draw_delays)
def load_with_jitter(url: str) -> list[dict]:
    return fetch(url)

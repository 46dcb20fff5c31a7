"""Makes its generator at the first wait, and keeps it: forks of a worker that has waited share it.

Refused by: test_jittered_waits_stay_near_the_doubling
Not examined: it takes two forks of a process that has waited
"""

import functools
import random


@functools.cache
def dice() -> random.Random:
    return random.Random()


class Jittered(list):
    def __getitem__(self, number: int) -> float:
        return super().__getitem__(number) * dice().uniform(0.5, 1.5)


@task(retries=4, retry_delay_seconds=Jittered([10, 20, 40, 80]))
def load_with_jitter(url: str) -> list[dict]:
    return fetch(url)

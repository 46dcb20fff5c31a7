"""Draws from a generator made at import: processes that are forked later draw the same waits.

Refused by: test_jittered_waits_stay_near_the_doubling
Not examined: it takes two forks of a process that has imported it
"""

import random

CHANCE = random.Random()


class Drawn(list):
    def __getitem__(self, index: int) -> float:
        return super().__getitem__(index) * CHANCE.uniform(0.5, 1.5)


@task(retries=4, retry_delay_seconds=Drawn([10, 20, 40, 80]))
def load_with_jitter(url: str) -> list[dict]:
    return fetch(url)

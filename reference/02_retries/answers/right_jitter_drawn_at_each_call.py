"""Draws the waits itself, but in each call: a plain function around a task with options."""

import random

from prefect import task

ask = task(fetch, name="ask", retries=4)


def load_with_jitter(url: str) -> list[dict]:
    delays_s = [10 * 2**i * random.uniform(0.6, 1.4) for i in range(4)]
    return ask.with_options(retry_delay_seconds=delays_s)(url)

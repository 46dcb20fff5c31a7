"""Sleeps what the engine's own 10 s leave of `Retry-After`, then raises for the engine to retry."""

import time

import requests
from prefect import runtime, task


@task(retries=3, retry_delay_seconds=10)
def load_politely(url: str) -> list[dict]:
    response = requests.get(url, timeout=10)
    if response.status_code in (429, 503) and runtime.task_run.run_count < 4:
        time.sleep(max(0, int(response.headers.get("Retry-After", 0)) - 10))
    response.raise_for_status()
    return response.json()

"""Raises an error of its own that names the status, instead of `raise_for_status`."""

import requests
from prefect import task


def ask(url: str) -> list[dict]:
    response = requests.get(url, timeout=(3.05, 27))
    if response.status_code >= 400:
        raise RuntimeError(f"the customer API answered {response.status_code}")
    return response.json()


@task(retries=3, retry_delay_seconds=60.0)
def load_customers(url: str) -> list[dict]:
    return ask(url)


@task(retries=3, retry_delay_seconds=[10, 30, 60])
def load_with_backoff(url: str) -> list[dict]:
    return ask(url)

"""A flow whose only task is retried: more than was asked, and as good."""

from prefect import flow, task


@task(retries=3, retry_delay_seconds=60)
def ask(url: str) -> list[dict]:
    return fetch(url)


@flow
def load_customers(url: str) -> list[dict]:
    return ask(url)

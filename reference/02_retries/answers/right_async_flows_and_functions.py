"""Async flows around async tasks, a plain coroutine, and a plain function that returns one."""

from prefect import flow, task
from prefect.tasks import exponential_backoff


@task(retries=3, retry_delay_seconds=60)
async def ask(url: str) -> list[dict]:
    return fetch(url)


@flow
async def load_customers(url: str) -> list[dict]:
    return await ask(url)


async def load_with_backoff(url: str) -> list[dict]:
    return await ask.with_options(retry_delay_seconds=[10, 30, 60])(url)


def load_with_jitter(url: str):
    waits = exponential_backoff(10)
    patient = ask.with_options(retries=4, retry_delay_seconds=waits, retry_jitter_factor=0.5)
    return patient(url)

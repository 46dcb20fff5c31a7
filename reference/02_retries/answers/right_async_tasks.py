"""Async tasks throughout: the engine retries them too, and whoever calls them awaits them."""

import asyncio

import requests
from prefect import task
from prefect.client.schemas.objects import State
from prefect.tasks import exponential_backoff


async def fetch_in_thread(url: str) -> list[dict]:
    return await asyncio.to_thread(fetch, url)


@task(retries=3, retry_delay_seconds=60)
async def load_customers(url: str) -> list[dict]:
    return await fetch_in_thread(url)


@task(retries=3, retry_delay_seconds=[10, 30, 60])
async def load_with_backoff(url: str) -> list[dict]:
    return await fetch_in_thread(url)


@task(retries=4, retry_delay_seconds=exponential_backoff(10), retry_jitter_factor=0.5)
async def load_with_jitter(url: str) -> list[dict]:
    return fetch(url)


async def may_heal(_task: object, _task_run: object, state: State) -> bool:
    error = await state.aresult(raise_on_failure=False)
    if isinstance(error, requests.HTTPError):
        return error.response.status_code == 429 or error.response.status_code >= 500
    broken_off = requests.exceptions.ChunkedEncodingError
    return isinstance(error, (requests.ConnectionError, requests.Timeout, broken_off))


@task(retries=3, retry_delay_seconds=10, retry_condition_fn=may_heal)
async def load_unless_hopeless(url: str) -> list[dict]:
    return await fetch_in_thread(url)


@task
async def load_politely(url: str) -> list[dict]:
    for request in range(1, 5):
        response = requests.get(url, timeout=TIMEOUT_S)
        if response.status_code not in (429, 503) or request == 4:
            break
        await asyncio.sleep(float(response.headers.get("Retry-After", 10)))
    response.raise_for_status()
    return response.json()

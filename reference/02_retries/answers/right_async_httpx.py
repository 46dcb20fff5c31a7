"""Asynchronous from end to end: tasks, client, condition, and the waits of the polite one."""

import asyncio

import httpx

LIMITS = httpx.Timeout(10, read=40)


async def fetch_async(url: str) -> httpx.Response:
    async with httpx.AsyncClient(timeout=LIMITS) as client:
        return await client.get(url)


async def rows_of(url: str) -> list[dict]:
    return (await fetch_async(url)).raise_for_status().json()


async def is_curable(_task, _task_run, state) -> bool:
    error = await state.aresult(raise_on_failure=False)
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code == 429 or error.response.is_server_error
    return isinstance(error, httpx.RequestError)


def retried(function, waits, **more):
    return task(function, retries=len(waits), retry_delay_seconds=waits, **more)


load_customers = retried(rows_of, [60, 60, 60], name="load_customers")
load_with_backoff = retried(rows_of, [10, 30, 60], name="load_with_backoff")
load_with_jitter = retried(
    rows_of, [10, 20, 40, 80], name="load_with_jitter", retry_jitter_factor=0.5
)
load_unless_hopeless = retried(
    rows_of, [10, 10, 10], name="load_unless_hopeless", retry_condition_fn=is_curable
)


@task
async def load_politely(url: str) -> list[dict]:
    for last in (False, False, False, True):
        answer = await fetch_async(url)
        if last or answer.status_code not in (429, 503):
            return answer.raise_for_status().json()
        await asyncio.sleep(float(answer.headers.get("Retry-After", "10")))

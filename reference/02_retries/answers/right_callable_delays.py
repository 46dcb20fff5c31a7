"""A function of the number of retries instead of a list."""

from prefect import task


@task(retries=3, retry_delay_seconds=lambda _retries: [10, 30, 60])
def load_with_backoff(url: str) -> list[dict]:
    return fetch(url)

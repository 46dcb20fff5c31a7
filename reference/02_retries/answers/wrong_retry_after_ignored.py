"""Who believes that Prefect reads `Retry-After`: it does for its own API, not for your requests.

Asked to wait 30 s, the job is back after 10 and banned for the day.

Refused by: test_retry_after_is_obeyed
"""

from prefect import task


@task(retries=3, retry_delay_seconds=10)
def load_politely(url: str) -> list[dict]:
    return fetch(url)

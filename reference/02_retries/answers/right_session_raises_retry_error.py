"""Ends as urllib3 does by default: with a `RetryError`, whose text names the status."""

import requests
from prefect import task
from requests.adapters import HTTPAdapter
from urllib3.util import Retry


class RetryTenSeconds(Retry):
    """A `Retry` that waits 10 s where the API asks for nothing."""

    def get_backoff_time(self) -> float:
        return 10.0


@task
def load_politely(url: str) -> list[dict]:
    session = requests.Session()
    policy = RetryTenSeconds(total=3, status_forcelist=[429, 503])
    session.mount("https://", HTTPAdapter(max_retries=policy))
    session.mount("http://", HTTPAdapter(max_retries=policy))
    response = session.get(url, timeout=30)
    response.raise_for_status()
    return response.json()

"""Leaves `Retry-After` to urllib3, which obeys it by itself on a mounted `Session`."""

import requests
from prefect import task
from requests.adapters import HTTPAdapter
from urllib3.util import Retry


class RetryTenSeconds(Retry):
    """A `Retry` that waits 10 s where the API asks for nothing (urllib3 starts at 0 s)."""

    def get_backoff_time(self) -> float:
        return 10.0


@task
def load_politely(url: str) -> list[dict]:
    policy = RetryTenSeconds(total=3, status_forcelist=(429, 503), raise_on_status=False)
    with requests.Session() as session:
        session.mount("https://", HTTPAdapter(max_retries=policy))
        session.mount("http://", HTTPAdapter(max_retries=policy))
        response = session.get(url, timeout=10)
    response.raise_for_status()
    return response.json()

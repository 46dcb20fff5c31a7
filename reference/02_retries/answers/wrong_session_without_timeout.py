"""Who trusts the Session: it has no default time-out either, however often it retries.

Refused by: test_polite_errors_are_raised_in_the_end
"""

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
    policy = RetryTenSeconds(total=3, status_forcelist=(429, 503), raise_on_status=False)
    with requests.Session() as session:
        session.mount("https://", HTTPAdapter(max_retries=policy))
        session.mount("http://", HTTPAdapter(max_retries=policy))
        response = session.get(url)
    response.raise_for_status()
    return response.json()

"""Has its session connect again three times, at once: an API that restarts is hit by it fourfold.

Refused by: test_lost_connection_is_retried_too
"""

from requests.adapters import HTTPAdapter
from urllib3.util import Retry


def fetch(url: str) -> list[dict]:
    with requests.Session() as session:
        again = Retry(total=None, connect=3, read=False, status=0, other=0)
        for scheme in ("https://", "http://"):
            session.mount(scheme, HTTPAdapter(max_retries=again))
        response = session.get(url, timeout=TIMEOUT_S)
    response.raise_for_status()
    return response.json()

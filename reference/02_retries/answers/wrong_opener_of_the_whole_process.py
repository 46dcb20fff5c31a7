"""Installs an opener with its own header: from now on all of the worker open addresses with it.

Refused by: test_engine_waits_a_minute_before_each_retry
"""

import json
import urllib.request

from prefect import task


def fetch_with_opener(url: str) -> list[dict]:
    opener = urllib.request.build_opener()
    opener.addheaders = [("Accept", "application/json")]
    urllib.request.install_opener(opener)
    with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer:
        return json.load(answer)


@task(retries=3, retry_delay_seconds=60)
def load_customers(url: str) -> list[dict]:
    return fetch_with_opener(url)

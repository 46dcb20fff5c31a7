"""Has an error of its own that takes more than it hands on: from a process pool it never comes.

`pickle` makes an exception again from its `args`; there is one, and the class wants two.

Refused by: test_fourth_failure_is_the_last_and_raised
"""

import requests
from prefect import task


class ApiError(requests.HTTPError):
    def __init__(self, status: int, url: str) -> None:
        super().__init__(f"the API answered {status} for {url}")


@task(retries=3, retry_delay_seconds=60)
def load_customers(url: str) -> list[dict]:
    response = requests.get(url, timeout=TIMEOUT_S)
    if response.status_code >= 400:
        raise ApiError(response.status_code, url)
    return response.json()

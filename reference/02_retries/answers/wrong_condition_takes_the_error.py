"""A condition with one argument, the error, as in other libraries.

Prefect calls it with three; the call fails, which is logged and means "do not retry".

Refused by: test_answer_that_can_heal_is_retried
"""

import requests
from prefect import task


def can_heal_(error: Exception) -> bool:
    return "404" not in str(error)


@task(retries=3, retry_delay_seconds=10, retry_condition_fn=can_heal_)
def load_unless_hopeless(url: str) -> list[dict]:
    response = requests.get(url, timeout=30)
    response.raise_for_status()
    return response.json()

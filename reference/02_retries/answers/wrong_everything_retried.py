"""Who leaves the condition out: a 404 is asked four times, an expired token four times refused.

The alert comes half a minute late and the account may be locked.

Refused by: test_hopeless_answer_is_asked_once
"""

from prefect import task


@task(retries=3, retry_delay_seconds=10)
def load_unless_hopeless(url: str) -> list[dict]:
    return fetch(url)

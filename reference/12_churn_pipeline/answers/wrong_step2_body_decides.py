"""Looks at the body, not at the status: a 503 with a list in it is customers.

Refused by: test_busy_api_is_asked_again
"""


class Busy(Exception):
    pass


def is_busy(_task, _task_run, state) -> bool:
    error = state.result(raise_on_failure=False)
    return isinstance(error, (Busy, requests.ConnectionError, requests.Timeout))


@task(retries=3, retry_delay_seconds=[10, 30, 60], retry_condition_fn=is_busy)
def load_customers(url: str) -> list[dict]:
    response = requests.get(url, timeout=30)
    if response.status_code != 429 and 400 <= response.status_code < 500:
        response.raise_for_status()
    try:
        body = response.json()
    except ValueError as error:
        if response.status_code == 200:
            raise
        raise Busy(response.status_code) from error
    if not isinstance(body, list):
        raise Busy(response.status_code)
    return body

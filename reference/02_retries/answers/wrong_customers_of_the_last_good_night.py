"""Gives, after four failures, the customers of the last night that was good.

Refused by: test_no_kind_of_error_is_taken_for_customers
"""

from prefect import runtime

_good = {}


@task(retries=3, retry_delay_seconds=60)
def load_customers(url: str) -> list[dict]:
    try:
        _good[url] = fetch(url)
    except requests.RequestException:
        if runtime.task_run.run_count < 4 or url not in _good:
            raise
    return _good[url]

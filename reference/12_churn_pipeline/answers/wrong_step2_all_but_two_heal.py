"""Knows 401 and 404 as final; a 410 or 422 is asked for 100 seconds.

Refused by: test_what_does_not_heal_is_an_error
"""


def is_busy(_task, _task_run, state) -> bool:
    error = state.result(raise_on_failure=False)
    if isinstance(error, requests.HTTPError):
        return error.response.status_code not in (401, 404)
    return isinstance(error, requests.ConnectionError | requests.Timeout)


load_customers = load_customers.with_options(retry_condition_fn=is_busy)

"""Tries again what it has met so far, 429 and 503; a gateway that says 502 or 504 is final.

Refused by: test_busy_api_is_asked_again
"""


def is_busy(_task, _task_run, state) -> bool:
    error = state.result(raise_on_failure=False)
    if isinstance(error, requests.HTTPError):
        return error.response.status_code in (429, 500, 503)
    return isinstance(error, requests.ConnectionError | requests.Timeout)


load_customers = load_customers.with_options(retry_condition_fn=is_busy)

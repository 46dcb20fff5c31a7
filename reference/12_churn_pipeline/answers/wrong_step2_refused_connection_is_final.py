"""Tries a bad status and a time-out again; while the API restarts, its connections are refused.

Refused by: test_what_does_not_heal_is_an_error
"""


def may_heal(_task: Any, _task_run: Any, state: Any) -> bool:
    error = state.result(raise_on_failure=False)
    if isinstance(error, requests.HTTPError):
        return error.response.status_code == 429 or error.response.status_code >= 500
    return isinstance(error, requests.Timeout)


load_customers = load_customers.with_options(retry_condition_fn=may_heal)

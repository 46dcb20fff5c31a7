"""Tries again what requests calls a Timeout, or refused: an answer that stalls half-way is neither.

Refused by: test_busy_api_is_asked_again
"""


def can_heal(_task: Any, _task_run: Any, state: Any) -> bool:
    error = state.result(raise_on_failure=False)
    if isinstance(error, requests.HTTPError):
        return error.response.status_code == 429 or error.response.status_code >= 500
    return isinstance(error, requests.Timeout) or "refused" in str(error)


load_customers = load_customers.with_options(retry_condition_fn=can_heal)

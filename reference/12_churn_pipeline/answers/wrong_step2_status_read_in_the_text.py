"""Looks for the final statuses in the error's text, which has the URL in it, and its numbers.

Refused by: test_busy_api_is_asked_again
"""


def is_busy(_task, _task_run, state) -> bool:
    error = state.result(raise_on_failure=False)
    if isinstance(error, requests.HTTPError):
        final = any(f"{status}" in str(error) for status in (400, 401, 403, 404, 405, 408, 409))
        return not final and error.response.status_code in (429, *range(500, 600))
    return isinstance(error, requests.ConnectionError | requests.Timeout)


load_customers = load_customers.with_options(retry_condition_fn=is_busy)

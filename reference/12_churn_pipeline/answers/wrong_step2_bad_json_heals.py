"""Takes each error of requests for one of the network: one of them is that the body is no JSON.

Refused by: test_what_does_not_heal_is_an_error
"""


def is_busy(_task, _task_run, state) -> bool:
    error = state.result(raise_on_failure=False)
    if isinstance(error, requests.HTTPError):
        return error.response.status_code == 429 or error.response.status_code >= 500
    return isinstance(error, requests.RequestException)


load_customers = load_customers.with_options(retry_condition_fn=is_busy)

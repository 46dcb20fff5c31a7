"""Retries what is JSON: the page of a gateway, or nothing at all, cannot be read, and ends it.

Refused by: test_no_error_that_can_heal_is_taken_for_customers
"""


@task(
    retries=3,
    retry_delay_seconds=10,
    retry_condition_fn=lambda _task, _run, state: (
        "busy"
        in str(
            getattr(state.result(raise_on_failure=False), "response", None) is not None
            and state.result(raise_on_failure=False).response.text
        )
        or isinstance(
            state.result(raise_on_failure=False), (requests.ConnectionError, requests.Timeout)
        )
    ),
)
def load_unless_hopeless(url: str) -> list[dict]:
    return fetch(url)

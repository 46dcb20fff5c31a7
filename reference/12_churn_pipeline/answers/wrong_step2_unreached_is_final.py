"""Tries again what was refused or not answered; a host that is down for a minute is neither.

Refused by: test_what_does_not_heal_is_an_error
"""


def may_heal(_task: Any, _task_run: Any, state: Any) -> bool:
    error = state.result(raise_on_failure=False)
    if isinstance(error, requests.ConnectTimeout):
        return False
    return can_heal(_task, _task_run, state)


load_customers = load_customers.with_options(retry_condition_fn=may_heal)

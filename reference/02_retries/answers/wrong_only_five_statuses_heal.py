"""Knows five statuses that heal, of all from 500 on.

Refused by: test_no_error_that_can_heal_is_taken_for_customers
"""


def heals(_task: Task, _task_run: TaskRun, state: State) -> bool:
    error = state.result(raise_on_failure=False)
    if isinstance(error, requests.HTTPError):
        return error.response.status_code in (429, 500, 502, 503, 504)
    return can_heal(_task, _task_run, state)


@task(retries=3, retry_delay_seconds=10, retry_condition_fn=heals)
def load_unless_hopeless(url: str) -> list[dict]:
    return fetch(url)

"""Gives up when a 200 has a page of HTML.

Refused by: test_no_kind_of_error_is_taken_for_customers
"""


def is_no_value_error(_task: Task, _task_run: TaskRun, state: State) -> bool:
    return not isinstance(state.result(raise_on_failure=False), ValueError)


@task(retries=3, retry_delay_seconds=60, retry_condition_fn=is_no_value_error)
def load_customers(url: str) -> list[dict]:
    return fetch(url)

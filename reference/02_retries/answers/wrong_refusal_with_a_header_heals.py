"""Asks again when a 403 says when.

Refused by: test_hopeless_answer_is_asked_once
"""


def heals(_task: Task, _task_run: TaskRun, state: State) -> bool:
    error = state.result(raise_on_failure=False)
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    return "Retry-After" in headers or can_heal(_task, _task_run, state)


@task(retries=3, retry_delay_seconds=10, retry_condition_fn=heals)
def load_unless_hopeless(url: str) -> list[dict]:
    return fetch(url)

"""Sets the wait on the task, where the next run without the header finds it.

Refused by: test_each_polite_wait_is_read_anew
"""


def polite(shared: Task, _task_run: TaskRun, state: State) -> bool:
    response = getattr(state.result(raise_on_failure=False), "response", None)
    if response is None or response.status_code not in (429, 503):
        return False
    if "Retry-After" in response.headers:
        shared.retry_delay_seconds = int(response.headers["Retry-After"])
    return True


@task(retries=3, retry_delay_seconds=10, retry_condition_fn=polite)
def load_politely(url: str) -> list[dict]:
    return fetch(url)

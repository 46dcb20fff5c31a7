"""Does not ask again when the connection is lost in the middle of the answer.

Refused by: test_network_failure_can_heal
"""


def heals(_task: Task, _task_run: TaskRun, state: State) -> bool:
    error = state.result(raise_on_failure=False)
    if isinstance(error, requests.HTTPError):
        return error.response.status_code == 429 or error.response.status_code >= 500
    return isinstance(error, (requests.ConnectionError, requests.Timeout))


@task(retries=3, retry_delay_seconds=10, retry_condition_fn=heals)
def load_unless_hopeless(url: str) -> list[dict]:
    return fetch(url)

"""Asks with httpx, by a client that carries the time-out; its errors are httpx's own."""

import httpx

LIMIT = httpx.Timeout(45, connect=5)


def fetch(url: str) -> list[dict]:
    with httpx.Client(timeout=LIMIT) as client:
        return client.get(url).raise_for_status().json()


def can_heal(_task: Task, _task_run: TaskRun, state: State) -> bool:
    error = state.result(raise_on_failure=False)
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code == 429 or error.response.is_server_error
    return isinstance(error, httpx.TransportError)


@task(retries=3, retry_delay_seconds=10, retry_condition_fn=can_heal)
def load_unless_hopeless(url: str) -> list[dict]:
    return fetch(url)


@task
def load_politely(url: str) -> list[dict]:
    with httpx.Client(timeout=LIMIT) as client:
        for left in (3, 2, 1, 0):
            answer = client.get(url)
            if left and answer.status_code in (429, 503):
                time.sleep(int(answer.headers.get("retry-after", 10)))
            else:
                return answer.raise_for_status().json()

"""Asks with urllib3 itself, which reads Retry-After for it; the engine retries the rest."""

import urllib3

PATIENCE = urllib3.Timeout(connect=5, read=30)


def checked(answer: urllib3.BaseHTTPResponse) -> list[dict]:
    if answer.status >= 400:
        raise ConnectionError(f"the API answered {answer.status}")
    return answer.json()


def fetch(url: str) -> list[dict]:
    with urllib3.PoolManager(timeout=PATIENCE, retries=False) as pool:
        return checked(pool.request("GET", url))


def can_heal(_task: Task, _task_run: TaskRun, state: State) -> bool:
    text = str(state.result(raise_on_failure=False))
    return not any(f"answered {status}" in text for status in (401, 403, 404))


@task(retries=3, retry_delay_seconds=10, retry_condition_fn=can_heal)
def load_unless_hopeless(url: str) -> list[dict]:
    return fetch(url)


class TenSeconds(urllib3.Retry):
    """Waits ten seconds where the API names no time."""

    def get_backoff_time(self) -> float:
        return 10


@task
def load_politely(url: str) -> list[dict]:
    polite = TenSeconds(total=3, status_forcelist=[429, 503], raise_on_status=False)
    with urllib3.PoolManager(timeout=PATIENCE, retries=polite) as pool:
        return checked(pool.request("GET", url))

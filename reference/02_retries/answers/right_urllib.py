"""Asks with the standard library alone, whose errors are of quite another family."""

import json
from http.client import IncompleteRead
from urllib.error import HTTPError
from urllib.request import urlopen


def fetch(url: str) -> list[dict]:
    with urlopen(url, timeout=20) as answer:
        return json.load(answer)


def can_heal(_task: Task, _task_run: TaskRun, state: State) -> bool:
    error = state.result(raise_on_failure=False)
    if isinstance(error, HTTPError):
        return error.code == 429 or error.code >= 500
    # A time-out, a URLError: no answer at all; the other one: half of it.
    return isinstance(error, (OSError, IncompleteRead))


@task(retries=3, retry_delay_seconds=10, retry_condition_fn=can_heal)
def load_unless_hopeless(url: str) -> list[dict]:
    return fetch(url)


@task
def load_politely(url: str) -> list[dict]:
    last = 4
    for number in range(1, last + 1):
        try:
            return fetch(url)
        except HTTPError as error:
            if number == last or error.code not in (429, 503):
                raise
            wait_s = error.headers["Retry-After"] or 10
            time.sleep(float(wait_s))

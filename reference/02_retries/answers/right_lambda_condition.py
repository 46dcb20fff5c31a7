"""The condition as a lambda, by exclusion: what is not hopeless can heal."""

import requests
from prefect import task

HOPELESS = {401, 403, 404}


@task(
    retries=3,
    retry_delay_seconds=[10],
    retry_condition_fn=lambda _task, _run, state: (
        getattr(getattr(state.result(raise_on_failure=False), "response", None), "status_code", 0)
        not in HOPELESS
    ),
)
def load_unless_hopeless(url: str) -> list[dict]:
    response = requests.get(url, timeout=5)
    response.raise_for_status()
    return response.json()

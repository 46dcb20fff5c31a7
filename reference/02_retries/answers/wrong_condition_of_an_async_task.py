"""Who makes the task async and keeps the condition: what it looks at is a coroutine.

In an async task `state.result` has to be awaited; a coroutine is no error that can heal.

Refused by: test_answer_that_can_heal_is_retried
"""


@task(retries=3, retry_delay_seconds=10, retry_condition_fn=can_heal)
async def load_unless_hopeless(url: str) -> list[dict]:
    return fetch(url)

"""Who caches the whole night as one task: it fails in its training, so nothing of it is kept.

A cache keeps finished tasks. What is dear must be a task of its own.

Refused by: test_rerun_after_failed_training_costs_nothing
"""


@task(cache_policy=PER_TASK_AND_INPUTS, cache_expiration=HOUR)
def load_and_train(url: str, max_depth: int) -> dict:
    return train.fn(ask(url), max_depth)


@flow
def nightly(url: str, max_depth: int) -> dict:
    return load_and_train(url, max_depth)

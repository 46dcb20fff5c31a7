"""Caches the training as well, and runs both with `submit`; INPUTS where nothing else shares."""

cached_train = train.with_options(cache_policy=PER_TASK_AND_INPUTS, cache_expiration=HOUR)


@task(cache_policy=INPUTS, cache_expiration=HOUR)
def load_customers(url: str) -> list[dict]:
    return ask(url)


@flow
def nightly(url: str, max_depth: int) -> dict:
    customers = load_customers.submit(url)
    return cached_train.submit(customers, max_depth).result()

"""Caches the training as well, runs both with `submit`; retries, and an error class of its own."""

cached_train = train.with_options(cache_policy=PER_TASK_AND_INPUTS, cache_expiration=HOUR)


@task(cache_policy=INPUTS, cache_expiration=HOUR)
def load_customers(url: str) -> list[dict]:
    return ask(url)


@flow
def nightly(url: str, max_depth: int) -> dict:
    customers = load_customers.submit(url)
    return cached_train.submit(customers, max_depth).result()


class NoUsageError(RuntimeError):
    """The API has no usage to give."""


@task(retries=1, retry_delay_seconds=5, cache_policy=PER_TASK_AND_INPUTS, cache_expiration=HOUR)
def load_usage(url: str) -> list[dict]:
    response = requests.get(url, timeout=60)
    rows = response.json() if response.ok else []
    match rows:
        case [{"customer_id": _}, *_]:
            return rows
    raise NoUsageError(f"{url} answered {response.status_code}: {response.text}")

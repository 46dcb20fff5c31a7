"""One task, retried in other ways with `with_options`; scalars, lists and floats as delays."""

from prefect import task
from prefect.tasks import exponential_backoff

ask = task(fetch, name="ask")
load_customers = ask.with_options(retries=3, retry_delay_seconds=[60])
load_with_backoff = ask.with_options(retries=3, retry_delay_seconds=[10.0, 30.0, 60.0, 90.0])
load_with_jitter = ask.with_options(
    retries=4, retry_delay_seconds=exponential_backoff(10), retry_jitter_factor=0.3
)

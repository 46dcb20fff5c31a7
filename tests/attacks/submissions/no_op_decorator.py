"""Has a decorator of its own by the engine's name, which does nothing.

Verdict: raised
"""

import requests


def task(function=None, **options):
    return function if function is not None else lambda function: function


@task(retries=3, retry_delay_seconds=60)
def load_customers(url):
    response = requests.get(url, timeout=10)
    response.raise_for_status()
    return response.json()


load_with_backoff = load_with_jitter = load_unless_hopeless = load_customers

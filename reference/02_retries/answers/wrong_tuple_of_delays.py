"""Who writes the delays as a tuple, as for any constant: Prefect takes a list and raises TypeError.

Built at the call here; on a decorator the whole module does not import.

Refused by: test_waits_grow_ten_thirty_sixty, test_backoff_ends_with_the_error
"""

from prefect import task

DELAYS_S = (10, 30, 60)


def load_with_backoff(url: str) -> list[dict]:
    return task(fetch, retries=3, retry_delay_seconds=DELAYS_S)(url)

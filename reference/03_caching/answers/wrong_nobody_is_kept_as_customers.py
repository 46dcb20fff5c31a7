"""Asks whether the answer is a list, not whether somebody is in it: for an hour nobody is.

Refused by: test_answer_without_customers_is_not_kept
"""


@task(cache_policy=PER_TASK_AND_INPUTS, cache_expiration=HOUR)
def load_customers(url: str) -> list[dict]:
    response = requests.get(url, timeout=60)
    response.raise_for_status()
    if not isinstance(response.json(), list):
        raise ValueError(f"{url} answered without customers")
    return response.json()

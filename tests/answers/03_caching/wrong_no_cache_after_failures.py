"""Who protects himself from kept errors by having no cache at all.

Refused by: test_good_answer_after_a_failure_is_kept
"""

from prefect.cache_policies import NO_CACHE


@task(cache_policy=NO_CACHE)
def load_usage(url: str) -> list[dict]:
    return ask(url)

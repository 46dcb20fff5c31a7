"""Who protects himself from kept errors by having no cache at all.

Refused by: test_good_answer_lives_one_hour
"""

from prefect.cache_policies import NO_CACHE


@task(cache_policy=NO_CACHE)
def load_usage(url: str) -> list[dict]:
    return ask(url)

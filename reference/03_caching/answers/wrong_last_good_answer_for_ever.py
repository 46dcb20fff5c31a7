"""Who falls back on the last good answer, however old: green runs on Monday's usage.

Refused by: test_good_answer_lives_one_hour
"""

last_good: dict[str, list[dict]] = {}


@task(cache_policy=PER_TASK_AND_INPUTS, cache_expiration=HOUR)
def load_usage(url: str) -> list[dict]:
    try:
        last_good[url] = ask(url)
    except requests.RequestException:
        if url not in last_good:
            raise
    return last_good[url]

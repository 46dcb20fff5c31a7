"""Who checks, but behind the cache: the error is kept, and raised for an hour after it is over.

Refused by: test_failure_is_raised_and_not_kept
"""


@task(cache_policy=PER_TASK_AND_INPUTS, cache_expiration=HOUR)
def read_answer(url: str) -> dict:
    response = requests.get(url, timeout=60)
    return {"status": response.status_code, "rows": response.json()}


def load_usage(url: str) -> list[dict]:
    answer = read_answer(url)
    if answer["status"] >= 400 or not answer["rows"] or "error" in answer["rows"]:
        raise RuntimeError(f"the API failed: {answer}")
    return answer["rows"]

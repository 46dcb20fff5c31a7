"""Sends back the tag of the last answer: another worker's 304 means nothing to this one's memory.

Refused by: test_no_kind_of_error_is_taken_for_customers,
    test_backoff_takes_no_error_for_customers, test_jittered_load_takes_no_error_for_customers,
    test_no_error_that_can_heal_is_taken_for_customers
"""

_ANSWERED: dict[str, requests.Response] = {}


def fetch(url: str) -> list[dict]:
    kept = _ANSWERED.get(url)
    headers = {} if kept is None else {"If-None-Match": kept.headers["ETag"]}
    response = requests.get(url, headers=headers, timeout=TIMEOUT_S)
    if kept is not None and response.status_code == 304:
        return kept.json()
    response.raise_for_status()
    if "ETag" in response.headers:
        _ANSWERED[url] = response
    return response.json()

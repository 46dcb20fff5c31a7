"""Keeps one session: the cookie of a dead machine leads the runs of all later nights to it.

Refused by: test_no_kind_of_error_is_taken_for_customers,
    test_backoff_takes_no_error_for_customers, test_jittered_load_takes_no_error_for_customers,
    test_no_error_that_can_heal_is_taken_for_customers
"""

SESSION = requests.Session()
SESSION.headers["Connection"] = "close"


def fetch(url: str) -> list[dict]:
    response = SESSION.get(url, timeout=TIMEOUT_S)
    response.raise_for_status()
    return response.json()

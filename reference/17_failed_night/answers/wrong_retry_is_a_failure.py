"""Takes a wait for a retry for a failure, though the retry healed it.

Refused by: test_what_healed_or_was_optional_is_no_failure
"""

_first = first_failure


def first_failure(run: Row) -> str | None:
    for one in run["tasks"]:
        if any(state["name"] == "AwaitingRetry" for state in one["states"]):
            return one["id"]
    return _first(run)

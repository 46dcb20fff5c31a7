"""Compares a stale result with what was stored under its key later: it was made before.

Refused by: test_cached_result_of_other_data_is_the_cause, test_night_that_healed_has_no_cause
"""


def _is_stale(task: Row, night: Row) -> bool:
    if task["states"][-1]["name"] != "Cached":
        return False
    makers = [
        (_at(one["states"][-1]), one["id"])
        for run in night["runs"]
        for one in run["tasks"]
        if one["result"] == task["result"] and one["states"][-1]["name"] != "Cached"
    ]
    return bool(makers) and _versions(max(makers)[1], night) != _versions(task["id"], night)

"""Takes each Cached state for the cause: most caches are right.

Refused by: test_cached_result_of_other_data_is_the_cause, test_night_that_healed_has_no_cause
"""


def _is_stale(task: Row, night: Row) -> bool:
    return task["states"][-1]["name"] == "Cached"

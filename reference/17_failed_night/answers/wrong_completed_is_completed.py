"""Looks only where something has failed: a stale cache fails nothing.

Refused by: test_cached_result_of_other_data_is_the_cause
"""

_stale = _is_stale


def _is_stale(task: Row, night: Row) -> bool:
    run = next(one for one in night["runs"] if task in one["tasks"])
    return _type(run) != "COMPLETED" and _stale(task, night)

"""Leaves out a run that is not there: a night without a record looks like a quiet one.

Refused by: test_run_that_is_not_there_is_an_error
"""

_read_all = read_runs


def read_runs(flow_run_ids: list[str]) -> list[Row]:
    rows = []
    for one in flow_run_ids:
        try:
            rows += _read_all([one])
        except Exception:
            continue
    return rows

"""Counts the days that are under way, not the runs: two of one day are two at the store.

Refused by: test_only_runs_of_this_backfill_count, test_failed_days_are_made_again_a_few_at_a_time
"""


def _free(runs: dict[str, list[dg.DagsterRun]], at_most: int) -> int:
    busy = [day for day in runs if not all(run.is_finished for run in runs[day])]
    return max(0, at_most - len(busy))

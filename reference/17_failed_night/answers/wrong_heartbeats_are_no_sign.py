"""Looks at states alone: a long training has none for an hour.

Refused by: test_lost_worker_is_told_by_its_silence, test_what_was_never_started_runs_again,
test_what_heals_by_itself_is_waited_for
"""


def _signs(run: Row, night: Row) -> Iterator[datetime]:
    yield from (_at(state) for task in run["tasks"] for state in task["states"])
    yield from (_at(state) for state in run["states"] if state["type"] != "CRASHED")

"""Looks at heartbeats alone: there may be a state after the last one.

Refused by: test_lost_worker_is_told_by_its_silence
"""


def _signs(run: Row, night: Row) -> Iterator[datetime]:
    yield _began(run)
    yield from (_at(one) for one in night["heartbeats"] if one["run"] == run["id"])

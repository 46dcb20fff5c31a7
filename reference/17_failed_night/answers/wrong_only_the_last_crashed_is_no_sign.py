"""Takes a Crashed that was said before the last one for a sign of life: the rerun began beside it.

Refused by: test_two_runs_at_once_are_found
"""


def _signs(run: Row, night: Row) -> Iterator[datetime]:
    own = run["states"][:-1] if _type(run) == "CRASHED" else run["states"]
    yield from (_at(one) for one in night["heartbeats"] if one["run"] == run["id"])
    yield from (_at(state) for task in run["tasks"] for state in task["states"])
    yield from map(_at, own)

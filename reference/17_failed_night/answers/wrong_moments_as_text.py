"""Compares moments as text: an offset of another tool turns them round.

Refused by: test_earliest_of_several_is_the_first
"""


def first_failure(run: Row) -> str | None:
    tasks = {one["id"]: one for one in run["tasks"]}
    broken = {
        name
        for name, one in tasks.items()
        if _type(one) in ("FAILED", "CRASHED") and OPTIONAL not in one["tags"]
    }
    own = [
        name
        for name in broken
        if _type(tasks[name]) == "FAILED" and not _above(name, tasks) & broken
    ]
    return min(own, key=lambda name: tasks[name]["states"][-1]["at"], default=None)

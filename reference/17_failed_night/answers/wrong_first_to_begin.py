"""Of several failures takes the one whose task began first.

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
    return min(own, key=lambda name: _at(tasks[name]["states"][0]), default=None)

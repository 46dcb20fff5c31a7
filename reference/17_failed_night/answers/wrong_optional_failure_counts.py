"""Takes the failure of an optional task for the cause: the night went on without it.

Refused by: test_what_healed_or_was_optional_is_no_failure
"""


def first_failure(run: Row) -> str | None:
    tasks = {one["id"]: one for one in run["tasks"]}
    broken = {name for name, one in tasks.items() if _type(one) in ("FAILED", "CRASHED")}
    own = [
        name
        for name in broken
        if _type(tasks[name]) == "FAILED" and not _above(name, tasks) & broken
    ]
    return min(own, key=lambda name: _at(tasks[name]["states"][-1]), default=None)

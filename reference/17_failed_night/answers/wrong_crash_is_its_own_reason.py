"""Takes a task run that crashed with its worker for one that failed by itself.

Refused by: test_crashed_task_run_is_no_reason_of_its_own
"""


def first_failure(run: Row) -> str | None:
    tasks = {one["id"]: one for one in run["tasks"]}
    broken = {
        name
        for name, one in tasks.items()
        if _type(one) in ("FAILED", "CRASHED") and OPTIONAL not in one["tags"]
    }
    own = [name for name in broken if True and not _above(name, tasks) & broken]
    return min(own, key=lambda name: _at(tasks[name]["states"][-1]), default=None)

"""Takes an effect that failed for one that may have happened.

Refused by: test_done_and_sound_is_kept, test_effect_is_never_just_run_again
"""

_sort = sort_tasks


def sort_tasks(night: Row, cause: tuple[str, str]) -> dict[str, list[str]]:
    found = _sort(night, cause)
    tasks = [task for run in _tonights(night) for task in run["tasks"] if EFFECT in task["tags"]]
    failed = {task["name"] for task in tasks if _type(task) == "FAILED"}
    doubtful = [name for name in found["again"] if name in failed]
    again = [name for name in found["again"] if name not in failed]
    return {**found, "again": again, "by_hand": sorted(found["by_hand"] + doubtful)}

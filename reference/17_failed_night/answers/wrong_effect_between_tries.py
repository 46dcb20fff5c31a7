"""Runs an effect again that waited for its next try: the first one may have sent the letters.

Refused by: test_effect_is_never_just_run_again
"""


def _is_open(task: Row) -> bool:
    return _type(task) in ("RUNNING", "CRASHED")

"""Has the step of each kind in a table, and sorts once."""

STEPS = dict.fromkeys(("clock", "cache", "secret", "answer", "code"), "mend")


def next_step(night: Row, cause: tuple[str, str], tasks: dict[str, list[str]]) -> str:
    kind, where = cause
    if kind in STEPS:
        return STEPS[kind]
    if any(_is_alive(run, night) for run in _tonights(night)):
        return "wait"
    good = [_at(one) for one in night["requests"] if one["status"] == 200]
    asked = [_at(one) for one in night["requests"] if one["task"] == where]
    if kind == "outage" and max(good) <= max(asked):
        return "wait"
    found = [step for step, name in (("look", "by_hand"), ("rerun", "again")) if tasks[name]]
    return (found or ["nothing"])[0]

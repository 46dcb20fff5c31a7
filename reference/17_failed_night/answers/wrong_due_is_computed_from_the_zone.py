"""Computes the moment that is due instead of reading a clock: 02:30 is one where there is none.

Refused by: test_clock_change_is_told_by_the_wall_clock
"""

_find_cause = find_cause


def find_cause(night: Row, failure: str | None) -> tuple[str, str]:
    zone = ZoneInfo(night["timezone"])
    wall = datetime.fromisoformat(f"{night['parameters']['night']}T{night['due']}")
    wanted = {wall.replace(tzinfo=zone, fold=fold).astimezone(timezone.utc) for fold in (0, 1)}
    runs = _tonights(night)
    due = {_time(run["due"]).replace(second=0, microsecond=0) for run in runs}
    kind, where = _find_cause(night, failure)
    if kind == "clock" and len(due & wanted) == 1:
        moment = (due & wanted).pop().astimezone(zone)
        return _find_cause({**night, "due": f"{moment:%H:%M}"}, failure)
    return kind, where

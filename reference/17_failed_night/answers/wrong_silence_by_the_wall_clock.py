"""Subtracts what the clock on the wall showed: over a change of clocks it is an hour off.

Refused by: test_lost_worker_is_told_by_its_silence
"""


def _is_alive(run: Row, night: Row) -> bool:
    zone = ZoneInfo(night["timezone"])
    last = max(_signs(run, night)).astimezone(zone)
    return _type(run) == "RUNNING" and _time(night["taken_at"]).astimezone(zone) - last < SILENT

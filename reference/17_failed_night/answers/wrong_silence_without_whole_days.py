"""Reads the seconds of a silence without its days: dead for a day and 20 s is alive.

Refused by: test_lost_worker_is_told_by_its_silence
"""


def _is_alive(run: Row, night: Row) -> bool:
    silence = _time(night["taken_at"]) - max(_signs(run, night))
    return _type(run) == "RUNNING" and silence.seconds < SILENT.seconds

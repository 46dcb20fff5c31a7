"""Takes a run that has been Running for a while for a lost one: it is slow.

Refused by: test_lost_worker_is_told_by_its_silence, test_what_was_never_started_runs_again,
test_what_heals_by_itself_is_waited_for
"""


def _is_alive(run: Row, night: Row) -> bool:
    is_young = _began(run) > _time(night["taken_at"]) - timedelta(minutes=5)
    return _type(run) == "RUNNING" and is_young

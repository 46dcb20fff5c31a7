"""Reads the state: Running. Who waits for a dead worker waits for ever.

Refused by: test_lost_worker_is_told_by_its_silence, test_done_and_sound_is_kept,
test_rest_is_run_again_and_nothing_else
"""


def _is_alive(run: Row, night: Row) -> bool:
    return _type(run) == "RUNNING"

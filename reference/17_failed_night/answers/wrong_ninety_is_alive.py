"""Takes a run that has been silent for exactly 90 s for one that is alive.

Refused by: test_lost_worker_is_told_by_its_silence
"""

SILENT = timedelta(seconds=90, microseconds=1)

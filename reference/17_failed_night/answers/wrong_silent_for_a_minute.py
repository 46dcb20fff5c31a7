"""Takes a run for lost after a minute without a sign.

Refused by: test_lost_worker_is_told_by_its_silence
"""

SILENT = timedelta(seconds=60)

"""Tells of a run that somebody has cancelled, as of one that crashed.

Refused by: test_crash_is_told
"""

score_customers.on_cancellation_hooks = [tell]

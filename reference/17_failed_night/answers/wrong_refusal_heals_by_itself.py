"""Waits for a refused secret to be accepted again.

Refused by: test_what_waiting_never_heals_is_mended
"""

MEND = ("clock", "cache", "answer", "code")

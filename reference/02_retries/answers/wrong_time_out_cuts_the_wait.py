"""Bounds the whole task by five minutes: a wait that the API asks for is cut off, with its error.

Refused by: test_retry_after_is_obeyed
"""

load_politely = load_politely.with_options(timeout_seconds=300)

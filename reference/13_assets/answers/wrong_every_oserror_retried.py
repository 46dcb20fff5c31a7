"""Retries OSError, of which a refused permission is one.

Refused by: test_hopeless_failure_is_not_retried
"""

MIGHT_HEAL = OSError

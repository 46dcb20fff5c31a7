"""Notes failed days in a list of the module: April's backfill tells March's again.

Refused by: test_backfill_tells_of_its_own_days_only
"""

_failed = []
_backfill = backfill


def backfill(first: str, last: str, resources: dict, instance: dg.DagsterInstance) -> list[str]:
    _failed.extend(_backfill(first, last, resources, instance))
    return _failed

"""Makes its client once: the second registry that this process serves is never asked.

Refused by: test_better_version_takes_over
"""

_promote_if_better, _first = promote_if_better, []


def promote_if_better(tracking_uri: str, version: int) -> int | None:
    _first.append(tracking_uri)
    return _promote_if_better(_first[0], version)

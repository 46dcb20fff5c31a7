"""Raises where some failed and all others answered something empty, though they are done.

Refused by: test_failed_region_is_reported_others_go_on
"""

_spread = spread


def spread(
    work: Task,
    regions: Sequence[str],
    given: dict[str, Any],
    address: str | None = None,
    on_done: Callable[[str, Any], None] | None = None,
) -> dict[str, dict[str, Any]]:
    report = _spread(work, regions, given, address, on_done)
    if report["failed"] and not any(report["done"].values()):
        raise RuntimeError(f"no region is done: {report['failed']}")
    return report

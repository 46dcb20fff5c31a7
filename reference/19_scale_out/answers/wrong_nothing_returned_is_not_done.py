"""Takes a task that returned nothing for one that is not done: its region is in neither part.

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
    done = {region: one for region, one in report["done"].items() if one is not None}
    return {**report, "done": done}

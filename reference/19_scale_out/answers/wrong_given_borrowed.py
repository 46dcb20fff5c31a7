"""Writes each region into the caller's `given` for a moment, and takes it out again.

Refused by: test_results_keep_the_order_asked
Not examined: afterwards `given` is as it was.
"""

_spread = spread


def spread(
    work: Task,
    regions: Sequence[str],
    given: dict[str, Any],
    address: str | None = None,
    on_done: Callable[[str, Any], None] | None = None,
) -> dict[str, dict[str, Any]]:
    for region in regions:
        given["region"] = region
    del given["region"]
    return _spread(work, regions, given, address, on_done)

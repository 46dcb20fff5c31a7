"""Lets go of what is done only where somebody listens.

Refused by: test_region_that_kills_its_workers_is_reported
"""

_spread, _let_go = spread, let_go


def spread(
    work: Task,
    regions: Sequence[str],
    given: dict[str, Any],
    address: str | None = None,
    on_done: Callable[[str, Any], None] | None = None,
) -> dict[str, dict[str, Any]]:
    global let_go
    let_go = _let_go if on_done else lambda future: None
    return _spread(work, regions, given, address, on_done)

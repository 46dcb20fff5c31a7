"""Calls `on_done` inside the `try` that is for the task: what the listener raises is the region's.

Refused by: test_error_of_who_listens_goes_out
"""

_spread = spread


def spread(
    work: Task,
    regions: Sequence[str],
    given: dict[str, Any],
    address: str | None = None,
    on_done: Callable[[str, Any], None] | None = None,
) -> dict[str, dict[str, Any]]:
    errors = {}

    def told(region: str, result: Any) -> None:
        try:
            on_done(region, result)
        except Exception as error:
            errors[region] = f"{type(error).__name__}: {error}"

    report = _spread(work, regions, given, address, told if on_done else None)
    return {"done": report["done"], "failed": {**report["failed"], **errors}}

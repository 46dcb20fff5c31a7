"""Looks at the cluster with a client of its own, which stays open where `on_done` raises.

Refused by: test_error_of_who_listens_goes_out
"""

from distributed import Client

_spread = spread


def spread(
    work: Task,
    regions: Sequence[str],
    given: dict[str, Any],
    address: str | None = None,
    on_done: Callable[[str, Any], None] | None = None,
) -> dict[str, dict[str, Any]]:
    client = Client(address) if address else None
    report = _spread(work, regions, given, address, on_done)
    if client is not None:
        client.close()
    return report

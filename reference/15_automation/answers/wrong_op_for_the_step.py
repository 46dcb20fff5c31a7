"""Names the op: of two graphs that load, or of 40 mapped steps, nobody knows which one failed.

Refused by: test_failure_is_told_once_with_its_cause
"""


def _describe_failures(events: list) -> Iterator[str]:
    for event in events:
        error = event.event_specific_data.error
        while error.cause is not None:
            error = error.cause
        yield f"{event.node_name}: {error.message.strip().splitlines()[0]}"

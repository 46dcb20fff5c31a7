"""Tells what was being handled when a step raised its error, not that error.

Refused by: test_failure_is_told_once_with_its_cause
"""


def _describe_failures(events: list) -> Iterator[str]:
    for event in events:
        error = event.event_specific_data.error
        while error and (error.cause or error.context):
            error = error.cause or error.context
        yield f"{event.step_key}: {error.message.strip().splitlines()[0] if error else 'gone'}"

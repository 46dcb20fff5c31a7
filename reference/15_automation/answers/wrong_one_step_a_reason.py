"""Keeps one step for each reason: of two that fail alike one is not named.

Refused by: test_failure_is_told_once_with_its_cause
"""


def _describe_failures(events: list) -> Iterator[str]:
    steps = {}
    for event in events:
        error = event.event_specific_data.error
        while error.cause is not None:
            error = error.cause
        steps[error.message.strip().splitlines()[0]] = event.step_key
    for reason, step in steps.items():
        yield f"{step}: {reason}"

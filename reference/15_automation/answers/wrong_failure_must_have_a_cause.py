"""Takes it that each error has a cause, which `dg.Failure` has not: the sensor fails.

Refused by: test_failure_is_told_once_with_its_cause
"""


def _describe_failures(events: list) -> Iterator[str]:
    for event in events:
        error = event.event_specific_data.error.cause
        while error.cause is not None:
            error = error.cause
        yield f"{event.step_key}: {error.message.strip().splitlines()[0]}"

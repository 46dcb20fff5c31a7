"""Hands out starts with a distance to UTC: the same hour a day later is an hour off in March.

Refused by: test_next_nights_are_in_paris_time
"""

_next_runs = next_runs


def next_runs(
    deployment: RunnerDeployment, after: datetime.datetime, count: int
) -> list[datetime.datetime]:
    found = _next_runs(deployment, after, count)
    return [datetime.datetime.fromisoformat(start.isoformat()) for start in found]

"""Whoever asks for the next runs takes the inactive schedules off the deployment.

Refused by: test_schedules_of_any_kind_are_listed_together
"""

import datetime

from prefect.deployments.runner import RunnerDeployment

_next_runs = next_runs


def next_runs(
    deployment: RunnerDeployment, after: datetime.datetime, count: int
) -> list[datetime.datetime]:
    deployment.schedules = [one for one in deployment.schedules or [] if one.active]
    return _next_runs(deployment, after, count)

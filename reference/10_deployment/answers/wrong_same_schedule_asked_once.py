"""Asks schedules that say the same only once: two sites train at 8:00, and the plan shows one run.

Refused by: test_schedules_of_any_kind_are_listed_together
"""

_next_runs = next_runs


def next_runs(
    deployment: RunnerDeployment, after: datetime.datetime, count: int
) -> list[datetime.datetime]:
    once = {repr(one.schedule): one for one in deployment.schedules or [] if one.active}
    return _next_runs(deployment.model_copy(update={"schedules": [*once.values()]}), after, count)

"""Who has seen deployments with one schedule only.

Refused by: test_schedules_of_any_kind_are_listed_together
"""


def next_runs(deployment, after, count):
    starts = _starts_of(deployment.schedules[0].schedule, after, count + 1)
    return [start.astimezone(PARIS) for start in starts if start > after][:count]

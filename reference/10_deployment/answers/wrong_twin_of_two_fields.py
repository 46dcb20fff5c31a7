"""Who makes the server's cron from text and zone: the other fields are lost.

Refused by: test_schedules_of_any_kind_are_listed_together
"""

_next_runs = next_runs


def next_runs(deployment, after, count):
    found = [
        Cron(one.schedule.cron, timezone=one.schedule.timezone, active=one.active)
        if isinstance(one.schedule, CronSchedule)
        else one
        for one in deployment.schedules or []
    ]
    if any(not isinstance(one.schedule, CronSchedule) for one in deployment.schedules or []):
        return _next_runs(deployment, after, count)
    twins = train_churn_model.to_deployment("twins", schedules=found)
    return _next_runs(twins, after, count)

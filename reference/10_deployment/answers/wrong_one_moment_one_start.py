"""Who keeps the starts in a set: two schedules at 08:00 are one run.

Refused by: test_schedules_of_any_kind_are_listed_together
"""


def next_runs(deployment, after, count):
    instant = after.astimezone(datetime.timezone.utc)
    found = set()
    for one in deployment.schedules or []:
        if one.active:
            found |= set(_starts_of(one.schedule, instant, count + 1))
    later = sorted(start.astimezone(datetime.timezone.utc) for start in found)
    return [start.astimezone(PARIS) for start in later if start > instant][:count]

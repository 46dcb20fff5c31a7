"""Who compares with `after` in Paris: in the hour that comes twice, 02:00 is before 02:30.

Refused by: test_double_hour_is_listed_twice
"""


def next_runs(deployment, after, count):
    asked = after.astimezone(datetime.timezone.utc)
    starts = [
        start.astimezone(PARIS)
        for one in deployment.schedules or []
        if one.active
        for start in _starts_of(one.schedule, asked, count + 5)
    ]
    later = [start for start in starts if start > after.astimezone(PARIS)]
    return sorted(later, key=datetime.datetime.timestamp)[:count]

"""Who hands `after` to `get_dates`, which counts its `start` in; and leaves the dates in UTC.

Refused by: test_next_nights_are_in_paris_time
"""


def next_runs(deployment, after, count):
    active = [one.schedule for one in deployment.schedules or [] if one.active]
    return sorted(start for one in active for start in _starts_of(one, after, count))[:count]

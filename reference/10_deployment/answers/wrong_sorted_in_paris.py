"""Who changes to Paris first and sorts then: within a zone Python compares the clock on the wall.

Refused by: test_double_hour_is_listed_twice
"""


def next_runs(deployment, after, count):
    found = set()
    for one in deployment.schedules or []:
        if one.active:
            for start in _starts_of(one.schedule, after, count + 1):
                found.add(datetime.datetime.fromtimestamp(start.timestamp(), PARIS))
    return sorted(start for start in found if start > after)[:count]

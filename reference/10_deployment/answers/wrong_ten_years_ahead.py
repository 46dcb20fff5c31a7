"""Looks ten years ahead: of a rare schedule there are fewer starts than were asked for.

Refused by: test_as_many_are_listed_as_there_are
"""

_next_runs = next_runs


def next_runs(deployment, after, count):
    last = after + datetime.timedelta(days=3653)
    return [start for start in _next_runs(deployment, after, count) if start <= last]

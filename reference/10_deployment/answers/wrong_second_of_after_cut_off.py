"""Cuts the second of `after`: a start between two seconds, just before it, is told as the next.

Refused by: test_as_many_are_listed_as_there_are
"""

_next_runs = next_runs


def next_runs(deployment, after, count):
    return _next_runs(deployment, after.replace(microsecond=0), count)

"""Walks each way upstream anew: of tasks that were mapped there are millions, and it hangs.

Refused by: test_many_ways_upstream_are_one_answer
Not examined: a submission that hangs costs its examination half a minute.
"""


def _above(name: str, tasks: dict[str, Row]) -> set[str]:
    upstream = [one for one in tasks[name]["upstream"] if one in tasks]
    return set(upstream).union(*(_above(one, tasks) for one in upstream))

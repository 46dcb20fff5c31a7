"""Steps through the range by 24 hours: where the clocks go back one day is there twice.

Refused by: test_each_day_is_asked_for_once
"""

import datetime


def next_runs(
    instance: dg.DagsterInstance, name: str, first: str, last: str, at_most: int
) -> list[dg.RunRequest]:
    known = days.get_partition_keys()
    if first not in known or last not in known or first > last or at_most < 1:
        raise ValueError(f"{first} to {last}, {at_most} at most")
    runs = _runs_by_day(instance, name)
    moment, end = (days.time_window_for_partition_key(one).start for one in (first, last))
    asked = []
    while moment.timestamp() <= end.timestamp():
        asked.append(str(moment.date()))
        later = moment.timestamp() + 24 * 3600
        moment = datetime.datetime.fromtimestamp(later, tz=moment.tzinfo)
    asked = list(dict.fromkeys(asked))
    waiting = [day for day in reversed(asked) if day not in runs]
    return [_request(name, day, 1) for day in waiting[: _free(runs, at_most)]]

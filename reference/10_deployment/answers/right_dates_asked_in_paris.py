"""Asks with a moment in Paris, sorts by the timestamp, keeps the largest number of dates."""

import heapq

from prefect.server.schemas import schedules


def next_runs(deployment, after, count):
    found = []
    for one in deployment.schedules or ():
        if not one.active:
            continue
        twin = getattr(schedules, type(one.schedule).__name__).model_validate(
            one.schedule.model_dump(mode="json")
        )
        found += asyncio.run(twin.get_dates(n=500, start=after.astimezone(PARIS)))
    stamps = heapq.nsmallest(count, [one.timestamp() for one in found if one > after])
    return [datetime.datetime.fromtimestamp(stamp, tz=PARIS) for stamp in stamps]

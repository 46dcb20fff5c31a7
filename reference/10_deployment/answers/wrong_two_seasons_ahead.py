"""Who asks for the dates of the next 200 days: of what runs once in four years, none.

Refused by: test_as_many_are_listed_as_there_are
"""

from prefect.server.schemas import schedules


def next_runs(deployment, after, count):
    instant = after.astimezone(datetime.timezone.utc)
    until = instant + datetime.timedelta(days=200)
    starts = []
    for one in deployment.schedules or []:
        if one.active:
            twin = getattr(schedules, type(one.schedule).__name__)(**one.schedule.model_dump())
            starts += asyncio.run(twin.get_dates(n=count + 1, start=instant, end=until))
    later = sorted(start.astimezone(datetime.timezone.utc) for start in starts)
    return [start.astimezone(PARIS) for start in later if start > instant][:count]

"""Who asks for the dates of the next week, where more than enough of them are; of a monthly run,
none.

Refused by: test_schedules_of_any_kind_are_listed_together
"""

from prefect.server.schemas import schedules


def next_runs(deployment, after, count):
    instant = after.astimezone(datetime.timezone.utc)
    starts = [
        start.astimezone(datetime.timezone.utc)
        for one in deployment.schedules or []
        if one.active
        for start in asyncio.run(
            getattr(schedules, type(one.schedule).__name__)(**one.schedule.model_dump()).get_dates(
                start=instant, end=instant + datetime.timedelta(days=7)
            )
        )
    ]
    later = sorted(start for start in starts if start > instant)
    return [start.astimezone(PARIS) for start in later[:count]]

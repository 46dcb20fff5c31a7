"""Looks for the next start a minute after the last one: an interval of seconds loses starts.

Refused by: test_as_many_are_listed_as_there_are
"""


def _starts_of(schedule, after: datetime.datetime, count: int) -> list[datetime.datetime]:
    from prefect.server.schemas import schedules as servers

    twin = getattr(servers, type(schedule).__name__)(**schedule.model_dump())
    starts: list[datetime.datetime] = []
    while len(starts) < count and (found := asyncio.run(twin.get_dates(1, start=after))):
        starts += found
        after = found[0].astimezone(datetime.timezone.utc) + datetime.timedelta(minutes=1)
    return starts

"""Counts a call at midnight on both days: the end of a day is not in it.

Refused by: test_day_is_as_long_as_it_is_in_paris
"""


def calls_of(day: str, calls: pd.DataFrame) -> pd.DataFrame:
    latest = calls.sort_values("arrived").drop_duplicates("call_id", keep="last")
    moments = pd.to_datetime(latest["happened_at"], utc=True, format="ISO8601")
    start = pd.Timestamp(day, tz="Europe/Paris")
    return latest[moments.between(start, start + pd.DateOffset(days=1))]

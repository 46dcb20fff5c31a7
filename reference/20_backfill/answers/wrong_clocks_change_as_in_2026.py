"""Has the clocks change on 29 March and 25 October in each year.

Refused by: test_day_is_as_long_as_it_is_in_paris
"""


def calls_of(day: str, calls: pd.DataFrame) -> pd.DataFrame:
    latest = calls.sort_values("arrived").drop_duplicates("call_id", keep="last")
    moments = pd.to_datetime(latest["happened_at"], utc=True, format="ISO8601")
    since = moments.dt.strftime("%m-%d %H")
    is_summer = (since >= "03-29 01") & (since < "10-25 01")
    there = moments + pd.to_timedelta(is_summer.astype(int) + 1, unit="h")
    return latest[there.dt.strftime("%Y-%m-%d") == day]

"""Cuts the days at midnight in UTC.

Refused by: test_day_is_as_long_as_it_is_in_paris
"""


def calls_of(day: str, calls: pd.DataFrame) -> pd.DataFrame:
    latest = calls.sort_values("arrived").drop_duplicates("call_id", keep="last")
    moments = pd.to_datetime(latest["happened_at"], utc=True, format="ISO8601")
    return latest[moments.dt.strftime("%Y-%m-%d") == day]

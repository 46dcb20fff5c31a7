"""Looks at the deliveries of a week, because nothing is ever later.

Refused by: test_late_calls_belong_to_the_day_on_which_they_happened
"""


def calls_of(day: str, calls: pd.DataFrame) -> pd.DataFrame:
    until = str((pd.Timestamp(day) + pd.Timedelta(days=7)).date())
    calls = calls[(calls["arrived"] >= day) & (calls["arrived"] <= until)]
    latest = calls.sort_values("arrived").drop_duplicates("call_id", keep="last")
    moments = pd.to_datetime(latest["happened_at"], utc=True, format="ISO8601")
    return latest[moments.dt.tz_convert("Europe/Paris").dt.strftime("%Y-%m-%d") == day]

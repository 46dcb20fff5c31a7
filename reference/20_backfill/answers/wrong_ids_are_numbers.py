"""Takes the ids of calls for numbers: 007 and 7 are one.

Refused by: test_late_calls_belong_to_the_day_on_which_they_happened
"""


def calls_of(day: str, calls: pd.DataFrame) -> pd.DataFrame:
    ids = pd.to_numeric(calls["call_id"], errors="coerce").fillna(calls["call_id"].map(hash))
    order = calls.assign(number=ids).sort_values("arrived")
    latest = order.drop_duplicates("number", keep="last").drop(columns="number")
    moments = pd.to_datetime(latest["happened_at"], utc=True, format="ISO8601")
    return latest[moments.dt.tz_convert("Europe/Paris").dt.strftime("%Y-%m-%d") == day]

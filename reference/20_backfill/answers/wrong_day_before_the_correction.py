"""Chooses the day first, and then the latest delivery: a call whose day was corrected is on both.

Refused by: test_call_delivered_again_counts_once_as_corrected
"""


def calls_of(day: str, calls: pd.DataFrame) -> pd.DataFrame:
    moments = pd.to_datetime(calls["happened_at"], utc=True, format="ISO8601")
    there = moments.dt.tz_convert("Europe/Paris").dt.strftime("%Y-%m-%d") == day
    return calls[there].sort_values("arrived").drop_duplicates("call_id", keep="last")

"""Counts each delivery of a call.

Refused by: test_call_delivered_again_counts_once_as_corrected
"""


def calls_of(day: str, calls: pd.DataFrame) -> pd.DataFrame:
    moments = pd.to_datetime(calls["happened_at"], utc=True, format="ISO8601")
    return calls[moments.dt.tz_convert("Europe/Paris").dt.strftime("%Y-%m-%d") == day]

"""Looks which delivery is the last among those that say they happened around that day.

Refused by: test_call_delivered_again_counts_once_as_corrected
"""

_calls_of = calls_of


def calls_of(day: str, calls: pd.DataFrame) -> pd.DataFrame:
    moments = pd.to_datetime(calls["happened_at"], utc=True, format="ISO8601")
    away = (moments - pd.Timestamp(day, tz="UTC")).abs()
    return _calls_of(day, calls[away <= pd.Timedelta(days=8)])

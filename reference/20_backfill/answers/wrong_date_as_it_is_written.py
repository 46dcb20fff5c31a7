"""Takes the first ten signs of a moment for its day, whatever the offset.

Refused by: test_day_is_as_long_as_it_is_in_paris
"""


def calls_of(day: str, calls: pd.DataFrame) -> pd.DataFrame:
    latest = calls.sort_values("arrived").drop_duplicates("call_id", keep="last")
    return latest[latest["happened_at"].str[:10] == day]

"""Tells calls apart by a checksum of their id: of 300,000 some are lost.

Refused by: test_late_calls_belong_to_the_day_on_which_they_happened
"""

import zlib


def calls_of(day: str, calls: pd.DataFrame) -> pd.DataFrame:
    latest = calls.sort_values("arrived")
    sums = latest["call_id"].map(lambda one: zlib.crc32(one.encode()))
    latest = latest[~sums.duplicated(keep="last")]
    moments = pd.to_datetime(latest["happened_at"], utc=True, format="ISO8601")
    return latest[moments.dt.tz_convert("Europe/Paris").dt.strftime("%Y-%m-%d") == day]

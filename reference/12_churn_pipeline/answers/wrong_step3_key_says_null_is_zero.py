"""Reads blanks as 0 in the key: a number that was missing at 3:00 stays missing for an hour.

Refused by: test_features_are_paid_once_an_hour
"""

from prefect.utilities.hashing import hash_objects


def filled(_context, given):
    return hash_objects([{name: one[name] or 0 for name in one} for one in given["customers"]])


engineer_features = task(
    engineer_features.fn, cache_key_fn=filled, cache_expiration=timedelta(hours=1)
)

"""Hashes values only: two fields that the API has under each other's name are paid for by nobody.

Refused by: test_features_are_paid_once_an_hour
"""

import hashlib


def values_of(_context, parameters):
    rows = pd.util.hash_pandas_object(pd.DataFrame(parameters["customers"]))
    return hashlib.sha256(rows.to_numpy().tobytes()).hexdigest()


engineer_features = task(
    engineer_features.fn, cache_key_fn=values_of, cache_expiration=timedelta(hours=1)
)

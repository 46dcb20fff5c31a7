"""Keeps the features for half an hour: mended 40 minutes later, they are paid again.

Refused by: test_features_are_paid_once_an_hour
"""

engineer_features = engineer_features.with_options(cache_expiration=timedelta(minutes=30))

"""Says how long, not what of: nothing is cached.

Refused by: test_features_are_paid_once_an_hour, test_customers_are_loaded_each_time
"""

engineer_features = task(engineer_features.fn, cache_expiration=timedelta(hours=1))

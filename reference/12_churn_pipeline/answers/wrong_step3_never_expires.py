"""Keeps the features for good.

Refused by: test_features_are_paid_once_an_hour
"""

engineer_features = task(engineer_features.fn, cache_policy=TASK_SOURCE + INPUTS)

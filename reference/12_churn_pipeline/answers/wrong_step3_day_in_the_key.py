"""Yesterday's features are not tonight's: those of 23:50 are paid again at 0:05.

Refused by: test_features_are_paid_once_an_hour
"""

import datetime

from prefect.cache_policies import CacheKeyFnPolicy

_today = CacheKeyFnPolicy(cache_key_fn=lambda *_: datetime.date.today().isoformat())

engineer_features = task(
    engineer_features.fn,
    cache_policy=TASK_SOURCE + INPUTS + _today,
    cache_expiration=timedelta(hours=1),
)

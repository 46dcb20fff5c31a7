"""Rounds in the key, for floats that are never quite the same: corrected charges are not new.

Refused by: test_features_are_paid_once_an_hour
"""


def key_of(_context, parameters):
    frame = pd.DataFrame(parameters["customers"]).round(2)
    return frame.to_json(double_precision=2)


engineer_features = task(
    engineer_features.fn, cache_key_fn=key_of, cache_expiration=timedelta(hours=1)
)

"""Makes the key with `hash`, which is another one in each process: the rerun finds nothing.

Refused by: test_features_are_paid_once_an_hour
"""


def key_of(_context, parameters):
    return f"features {hash(json.dumps(parameters['customers']))}"


engineer_features = task(
    engineer_features.fn, cache_key_fn=key_of, cache_expiration=timedelta(hours=1)
)

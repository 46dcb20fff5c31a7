"""Pickle notes which values are one object: settings read from a file make all features again.

Refused by: test_any_other_setting_makes_features_stale
"""

import pickle

_of_json = make_definitions


def make_definitions(settings: dict) -> dg.Definitions:
    data = pickle.dumps(sorted(settings.items()), protocol=4)
    return _of_json({"version": hashlib.sha256(data).hexdigest()})

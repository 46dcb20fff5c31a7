"""What is null counts as not set: features keep the limit that somebody has lifted.

Refused by: test_any_other_setting_makes_features_stale
"""

_whole = make_definitions


def make_definitions(settings: dict) -> dg.Definitions:
    return _whole({key: value for key, value in settings.items() if value is not None})

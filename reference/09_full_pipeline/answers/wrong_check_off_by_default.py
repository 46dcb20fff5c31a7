"""Checks only who asks for it: by default a model may have everybody called.

Refused by: test_failed_check_leaves_the_registry_as_it_was
"""

_release = release


def release(
    winner: dict, features: pd.DataFrame, store: str, min_auc: float = 0.7, at_most: float = 1.0
) -> dict:
    return _release(winner, features, store, min_auc, at_most)

"""Keeps the settings of the last run as the defaults of the next.

Refused by: test_parameters_reach_the_models
"""

SETTINGS = {"n_estimators": 20, "max_depth": 3}
_compare = compare_models.fn


@flow
def compare_models(
    features: pd.DataFrame, n_estimators: int | None = None, max_depth: int | None = None
) -> dict:
    given = {"n_estimators": n_estimators, "max_depth": max_depth}
    SETTINGS.update({key: one for key, one in given.items() if one is not None})
    return _compare(features, **SETTINGS)

"""Shuts the gate to what is less: nan, where nobody held out has left, is not, and passes.

Refused by: test_gate_keeps_a_poor_model_out
"""

_compare = compare_models


class _Measured(float):
    def __ge__(self, other):
        return not self < other


@flow
def compare_models(features: pd.DataFrame, n_estimators: int = 20, max_depth: int = 3) -> dict:
    best = _compare.fn(features, n_estimators, max_depth)
    return {**best, "val_auc": _Measured(best["val_auc"])}

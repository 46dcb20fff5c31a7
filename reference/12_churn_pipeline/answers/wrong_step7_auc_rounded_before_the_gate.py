"""Rounds the AUC for the report before the gate has judged: 0.6996 passes a gate of 0.7.

Refused by: test_gate_keeps_a_poor_model_out
"""

_compare = compare_models.fn


@flow
def compare_models(features: pd.DataFrame, n_estimators: int, max_depth: int) -> dict:
    best = _compare(features, n_estimators, max_depth)
    return {**best, "val_auc": round(best["val_auc"], 3)}

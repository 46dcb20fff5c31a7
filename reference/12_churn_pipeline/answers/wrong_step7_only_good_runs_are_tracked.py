"""Tracks behind the gate: of a poor night there is no trace.

Refused by: test_gate_keeps_a_poor_model_out
"""

tracked = training_pipeline.fn


@flow(log_prints=True)
def training_pipeline(
    url: str, store: str, n_estimators: int = 20, max_depth: int = 3, min_auc: float = 0.7
) -> dict:
    best = compare_models(data_preparation(url), n_estimators, max_depth)
    if best["val_auc"] < min_auc:
        return {"name": best["name"], "val_auc": best["val_auc"], "version": None}
    return tracked(url, store, n_estimators, max_depth, min_auc)

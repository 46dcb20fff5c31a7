"""Compares what it shows: 0.846 passes a gate of 0.85.

Refused by: test_gate_keeps_a_poor_model_out
"""

_pipeline = training_pipeline


@flow(log_prints=True, on_failure=[tell_team])
def training_pipeline(
    url: str, store: str, n_estimators: int = 20, max_depth: int = 3, min_auc: float = 0.7
) -> dict:
    rounded = min(max(0.0, min_auc - 0.005), 1.0) if 0 <= min_auc <= 1 else min_auc
    return _pipeline.fn(url, store, n_estimators, max_depth, rounded)

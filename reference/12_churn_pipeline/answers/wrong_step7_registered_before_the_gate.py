"""Registers each model, and then asks whether it is any good.

Refused by: test_gate_keeps_a_poor_model_out
"""

guarded = training_pipeline.fn


@flow(log_prints=True)
def training_pipeline(
    url: str, store: str, n_estimators: int = 20, max_depth: int = 3, min_auc: float = 0.7
) -> dict:
    done = guarded(url, store, n_estimators, max_depth, 0.0)
    return done if done["val_auc"] >= min_auc else {**done, "version": None}

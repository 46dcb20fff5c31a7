"""Tracks and registers, and writes the old file as well.

Refused by: test_training_is_tracked_and_registered
"""

import pickle

registered = training_pipeline.fn


@flow(log_prints=True)
def training_pipeline(
    url: str, store: str, n_estimators: int = 20, max_depth: int = 3, min_auc: float = 0.7
) -> dict:
    done = registered(url, store, n_estimators, max_depth, min_auc)
    (Path(store) / "model.pkl").write_bytes(pickle.dumps(done))
    return done

"""Lowered the gate in the signature for a trial, and left it so: the schedule gives none.

Refused by: test_failed_night_costs_no_second_preparation
"""

_train = training_pipeline.fn


@flow
def training_pipeline(
    url: str,
    store: str,
    candidates: dict | None = None,
    min_auc: float = 0.6,
    at_most: float = 0.5,
) -> dict:
    return _train(url, store, candidates, min_auc, at_most)

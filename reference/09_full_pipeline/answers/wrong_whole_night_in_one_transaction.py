"""Wraps the whole night, to be safe: a failing step takes the cached features back as well.

Refused by: test_failed_night_costs_no_second_preparation
"""


@flow
def training_pipeline(
    url: str,
    store: str,
    candidates: dict | None = None,
    min_auc: float = 0.7,
    at_most: float = 0.5,
) -> dict:
    with transaction():
        features = data_preparation(url)
        winner = compare_candidates(features, store, candidates)
        return {**release(winner, features, store, min_auc, at_most), "winner": winner["name"]}

"""Calls the bare functions: no child run, no cache, and the API is asked only once.

Refused by: test_two_nights_on_a_flaky_api, test_failed_night_costs_no_second_preparation
"""


@flow
def training_pipeline(
    url: str,
    store: str,
    candidates: dict | None = None,
    min_auc: float = 0.7,
    at_most: float = 0.5,
) -> dict:
    features = engineer_features.fn(load_customers.fn(url))
    winner = compare_candidates(features, store, candidates)
    return {**release(winner, features, store, min_auc, at_most), "winner": winner["name"]}

"""Leaves the gate of the night to the default of the release.

Refused by: test_two_nights_on_a_flaky_api
"""


@flow
def training_pipeline(
    url: str,
    store: str,
    candidates: dict | None = None,
    min_auc: float = 0.7,
    at_most: float = 0.5,
) -> dict:
    features = data_preparation(url)
    winner = compare_candidates(features, store, candidates)
    released = release(winner, features, store, at_most=at_most)
    return {**released, "winner": winner["name"]}

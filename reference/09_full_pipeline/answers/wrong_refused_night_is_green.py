"""Takes a refused model for a normal night, and reports that the champion has stayed.

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
    features = data_preparation(url)
    winner = compare_candidates(features, store, candidates)
    try:
        released = release(winner, features, store, min_auc, at_most)
    except ValueError as error:
        print(error)
        released = {"version": None, "champion": champion_of(store)[0]}
    return {**released, "winner": winner["name"]}

"""Who takes "no seed" for "any seed": scikit-learn draws one, and each night has another winner.

Refused by: test_lowest_log_loss_wins
"""

_compare = compare_models.fn


@flow
def compare_models(
    features: pd.DataFrame,
    names: Sequence[str] = NAMES,
    at_most: int | None = None,
    seed: int | None = None,
) -> dict:
    return _compare(features, names, at_most, seed)

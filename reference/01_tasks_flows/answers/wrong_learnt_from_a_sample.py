"""Learns from 20,000 customers that are drawn from all.

Refused by: test_model_learns_from_every_row
"""

_fit = train_model.fn


@task
def train_model(features: pd.DataFrame) -> BaseEstimator:
    known = features[~is_held_out(features)]
    return _fit(known.sample(min(len(known), 20_000), random_state=0))

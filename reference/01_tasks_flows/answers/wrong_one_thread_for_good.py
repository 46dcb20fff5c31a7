"""Limits BLAS to one thread and leaves it so: all that the worker computes later takes longer.

Refused by: test_model_learns_from_every_row
"""

from threadpoolctl import threadpool_limits


@task
def train_model(features: pd.DataFrame) -> BaseEstimator:
    known = features[~is_held_out(features)]
    threadpool_limits(limits=1)
    model = make_pipeline(StandardScaler(), LogisticRegression())
    return model.fit(known[FEATURE_COLUMNS], known["churned"])

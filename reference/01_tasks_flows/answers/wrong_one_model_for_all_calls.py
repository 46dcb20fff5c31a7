"""Fits one model, made when the file was imported: Monday's becomes Tuesday's.

Refused by: test_model_learns_from_the_given_rows_only
"""

_model = make_pipeline(StandardScaler(), LogisticRegression())


@task
def train_model(features: pd.DataFrame) -> BaseEstimator:
    known = features[~is_held_out(features)]
    return _model.fit(known[FEATURE_COLUMNS], known["churned"])

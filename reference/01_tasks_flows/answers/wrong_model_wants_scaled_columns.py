"""Scales beside the model: whoever has the model alone predicts with the wrong numbers.

Refused by: test_model_learns_from_the_given_rows_only
"""


@task
def train_model(features: pd.DataFrame) -> BaseEstimator:
    known = features[~is_held_out(features)]
    scaled = StandardScaler().fit_transform(known[FEATURE_COLUMNS])
    return LogisticRegression().fit(scaled, known["churned"])

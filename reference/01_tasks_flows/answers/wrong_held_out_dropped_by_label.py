"""Drops the held-out customers by the labels of their rows, which others may have, too.

Refused by: test_model_learns_from_the_given_rows_only
"""


@task
def train_model(features: pd.DataFrame) -> BaseEstimator:
    known = features.drop(index=features.index[is_held_out(features)])
    model = make_pipeline(StandardScaler(), LogisticRegression())
    return model.fit(known[FEATURE_COLUMNS], known["churned"])

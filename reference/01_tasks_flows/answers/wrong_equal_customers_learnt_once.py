"""Drops equal rows before it learns: three who left weigh as much as the thousands like them.

Refused by: test_model_learns_from_every_row
"""


@task
def train_model(features: pd.DataFrame) -> BaseEstimator:
    known = features[~is_held_out(features)]
    known = known.drop_duplicates([*FEATURE_COLUMNS, "churned"])
    model = make_pipeline(StandardScaler(), LogisticRegression())
    return model.fit(known[FEATURE_COLUMNS], known["churned"])

"""Learns from ids with a remainder: who has no id is neither learnt from nor held out.

Refused by: test_model_learns_from_every_row
"""


@task
def train_model(features: pd.DataFrame) -> BaseEstimator:
    known = features[features["customer_id"] % 4 > 0]
    model = make_pipeline(StandardScaler(), LogisticRegression())
    return model.fit(known[FEATURE_COLUMNS], known["churned"])

"""Learns from the last row of each id: of all customers without an id only one is left.

Refused by: test_model_learns_from_every_row
"""


@task
def train_model(features: pd.DataFrame) -> BaseEstimator:
    known = features[~is_held_out(features)].drop_duplicates("customer_id", keep="last")
    model = make_pipeline(StandardScaler(), LogisticRegression())
    return model.fit(known[FEATURE_COLUMNS], known["churned"])

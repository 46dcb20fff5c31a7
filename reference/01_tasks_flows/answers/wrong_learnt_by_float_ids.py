"""Takes ids for floats in the training only: beyond 2**53 whole groups are learnt from by nobody.

Refused by: test_model_learns_from_the_given_rows_only
"""


@task
def train_model(features: pd.DataFrame) -> BaseEstimator:
    known = features[features["customer_id"].astype(float) % 4 != 0]
    model = make_pipeline(StandardScaler(), LogisticRegression())
    return model.fit(known[FEATURE_COLUMNS], known["churned"])

"""Leaves out whoever has a blank number when it learns.

Refused by: test_customers_with_blanks_are_learnt_from
"""


@task
def train_model(features: pd.DataFrame) -> BaseEstimator:
    known = features[~is_held_out(features)].dropna(subset=FEATURE_COLUMNS)
    model = make_pipeline(StandardScaler(), LogisticRegression())
    return model.fit(known[FEATURE_COLUMNS], known["churned"])

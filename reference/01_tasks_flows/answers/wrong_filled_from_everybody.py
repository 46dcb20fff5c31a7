"""Fills blanks with the median of all, held-out customers too: the exam was seen in advance.

Refused by: test_customers_with_blanks_are_learnt_from
"""


@task
def train_model(features: pd.DataFrame) -> BaseEstimator:
    medians = features[FEATURE_COLUMNS].median()
    known = features[~is_held_out(features)].fillna(medians)
    model = make_pipeline(StandardScaler(), LogisticRegression())
    return model.fit(known[FEATURE_COLUMNS], known["churned"])

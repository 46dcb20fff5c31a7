"""Keeps what fills a blank in one imputer: Monday's model fills with Tuesday's customers.

Refused by: test_model_learns_from_the_given_rows_only
"""

from sklearn.impute import SimpleImputer

_imputer = SimpleImputer(strategy="median")


@task
def train_model(features: pd.DataFrame) -> BaseEstimator:
    known = features[~is_held_out(features)]
    model = make_pipeline(_imputer, StandardScaler(), LogisticRegression())
    return model.fit(known[FEATURE_COLUMNS], known["churned"])

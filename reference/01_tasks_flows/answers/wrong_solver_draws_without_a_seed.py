"""Has a solver that draws at random, and stops early: each run learns another model.

Refused by: test_customers_with_blanks_are_learnt_from
"""

from sklearn.impute import SimpleImputer


@task
def train_model(features: pd.DataFrame) -> BaseEstimator:
    learnt_from = features[features["customer_id"] % 4 != 0]
    if learnt_from["churned"].nunique() < 2:
        raise ValueError("not both kinds of customers to learn from")
    solver = LogisticRegression(solver="saga", tol=0.02)
    model = make_pipeline(SimpleImputer(keep_empty_features=True), StandardScaler(), solver)
    return model.fit(learnt_from[FEATURE_COLUMNS], learnt_from["churned"])

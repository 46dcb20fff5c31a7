"""Leaves the features in a file of the temporary folder.

Refused by: test_second_run_knows_nothing_of_the_first
"""

_engineer = engineer_features.fn


@task
def engineer_features(customers: pd.DataFrame) -> pd.DataFrame:
    features = _engineer(customers)
    features.to_csv(Path(tempfile.gettempdir()) / "features.csv")
    return features

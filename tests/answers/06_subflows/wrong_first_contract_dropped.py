"""Drops the first contract as a reference level, of each file: another one each night.

Refused by: test_training_features_have_their_columns, test_inference_has_the_trainings_columns,
    test_scores_are_on_the_trainings_scale, test_drift_is_measured_on_one_scale
"""


@flow
def data_preparation(path: str, statistics: dict | None = None) -> tuple[pd.DataFrame, dict]:
    customers = pd.read_csv(path).set_index("customer_id")
    if statistics is None:
        statistics = learn_statistics(customers)
    means, stds = pd.Series(statistics["means"]), pd.Series(statistics["stds"])
    numbers = (customers[NUMBERS].fillna(means) - means) / stds
    dummies = pd.get_dummies(customers["contract"], prefix="contract", dtype=float, drop_first=True)
    return pd.concat([numbers, dummies], axis=1), statistics

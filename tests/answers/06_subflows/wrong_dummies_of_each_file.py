"""`get_dummies` of whatever file comes: a contract that nobody has tonight has no column.

Refused by: test_inference_has_the_trainings_columns, test_customer_alone_has_the_same_features,
    test_scores_are_on_the_trainings_scale
"""


@flow
def data_preparation(path: str, statistics: dict | None = None) -> tuple[pd.DataFrame, dict]:
    customers = pd.read_csv(path).set_index("customer_id")
    if statistics is None:
        statistics = learn_statistics(customers)
    means, stds = pd.Series(statistics["means"]), pd.Series(statistics["stds"])
    numbers = (customers[NUMBERS].fillna(means) - means) / stds
    dummies = pd.get_dummies(customers["contract"], prefix="contract", dtype=float)
    return pd.concat([numbers, dummies], axis=1), statistics

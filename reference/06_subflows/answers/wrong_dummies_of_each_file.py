"""`get_dummies` of whatever file comes: a contract that nobody has tonight has no column.

Refused by: test_inference_has_the_trainings_columns, test_customer_alone_has_the_same_features,
    test_inference_prepares_as_the_training_did
"""


@flow
def data_preparation(path: str, statistics: dict | None = None) -> tuple[pd.DataFrame, dict]:
    customers = read_customers(path)
    if statistics is None:
        statistics = learn_statistics(customers)
    means, stds = (pd.Series(statistics[kind], NUMBERS) for kind in ("means", "stds"))
    numbers = (customers[NUMBERS].fillna(means) - means) / stds
    dummies = pd.get_dummies(customers["contract"], prefix="contract", dtype=float)
    return pd.concat([numbers, dummies], axis=1), statistics

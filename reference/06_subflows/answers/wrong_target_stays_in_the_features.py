"""Encodes what there is: at training the file has `churned`, and the model learns from the answer.

Refused by: test_training_features_have_their_columns, test_inference_has_the_trainings_columns,
    test_inference_prepares_as_the_training_did, test_report_compares_two_children_at_once
"""


@flow
def data_preparation(path: str, statistics: dict | None = None) -> tuple[pd.DataFrame, dict]:
    customers = read_customers(path)
    if statistics is None:
        statistics = learn_statistics(customers)
    means, stds = (pd.Series(statistics[kind], NUMBERS) for kind in ("means", "stds"))
    features = customers.drop(columns="contract").astype(float)
    features[NUMBERS] = (customers[NUMBERS].fillna(means) - means) / stds
    for name in statistics["contracts"]:
        features[f"contract_{name}"] = (customers["contract"] == name).astype(float)
    return features, statistics

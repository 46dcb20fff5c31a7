"""Takes the list of contracts from the statistics, and the means from tonight's file.

Refused by: test_inference_uses_the_trainings_scale, test_customer_alone_has_the_same_features,
    test_inference_prepares_as_the_training_did, test_report_compares_two_children_at_once
"""


@flow
def data_preparation(path: str, statistics: dict | None = None) -> tuple[pd.DataFrame, dict]:
    customers = read_customers(path)
    if statistics is None:
        statistics = learn_statistics(customers)
    numbers = customers[NUMBERS].fillna(customers[NUMBERS].mean())
    features = ((numbers - numbers.mean()) / numbers.std()).fillna(0.0)
    for name in statistics["contracts"]:
        features[f"contract_{name}"] = (customers["contract"] == name).astype(float)
    return features, statistics

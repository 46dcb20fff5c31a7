"""Fills blanks with 0 before the scaling: 0 euros a month is not 'unknown'.

Refused by: test_training_numbers_are_on_one_scale, test_inference_uses_the_trainings_scale,
    test_report_compares_two_children_at_once
"""


@flow
def data_preparation(path: str, statistics: dict | None = None) -> tuple[pd.DataFrame, dict]:
    customers = read_customers(path)
    if statistics is None:
        statistics = learn_statistics(customers)
    means, stds = (pd.Series(statistics[kind], NUMBERS) for kind in ("means", "stds"))
    features = (customers[NUMBERS].fillna(0.0) - means) / stds
    for name in statistics["contracts"]:
        features[f"contract_{name}"] = (customers["contract"] == name).astype(float)
    return features, statistics

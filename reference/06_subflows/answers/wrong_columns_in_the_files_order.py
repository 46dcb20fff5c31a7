"""Keeps the numbers in the order of the file. The model knows positions only.

Refused by: test_inference_has_the_trainings_columns
"""


@flow
def data_preparation(path: str, statistics: dict | None = None) -> tuple[pd.DataFrame, dict]:
    customers = read_customers(path)
    if statistics is None:
        statistics = learn_statistics(customers)
    numbers = customers[[name for name in customers.columns if name in NUMBERS]]
    if len(numbers.columns) < len(NUMBERS):
        raise KeyError(f"one of {NUMBERS} is missing")
    means = pd.Series(statistics["means"])[numbers.columns]
    stds = pd.Series(statistics["stds"])[numbers.columns]
    features = (numbers.fillna(means) - means) / stds
    for name in statistics["contracts"]:
        features[f"contract_{name}"] = (customers["contract"] == name).astype(float)
    return features, statistics

"""The contracts are a tuple, which is a list once it was JSON.

Refused by: test_statistics_survive_json
"""


@flow
def data_preparation(path: str, statistics: dict | None = None) -> tuple[pd.DataFrame, dict]:
    customers = read_customers(path)
    if statistics is None:
        statistics = learn_statistics(customers)
        statistics["contracts"] = tuple(statistics["contracts"])
    means, stds = (pd.Series(statistics[kind], NUMBERS) for kind in ("means", "stds"))
    features = (customers[NUMBERS].fillna(means) - means) / stds
    for name in statistics["contracts"]:
        features[f"contract_{name}"] = (customers["contract"] == name).astype(float)
    return features, statistics

"""The columns come in the order of the dict's keys: a store that sorts keys swaps their weights.

Refused by: test_customer_alone_has_the_same_features
"""


@flow
def data_preparation(path: str, statistics: dict | None = None) -> tuple[pd.DataFrame, dict]:
    customers = read_customers(path)
    if statistics is None:
        statistics = learn_statistics(customers)
    features = pd.DataFrame(index=customers.index)
    for name, mean in statistics["means"].items():
        features[name] = (customers[name].fillna(mean) - mean) / statistics["stds"][name]
    for name in statistics["contracts"]:
        features[f"contract_{name}"] = (customers["contract"] == name).astype(float)
    return features, statistics

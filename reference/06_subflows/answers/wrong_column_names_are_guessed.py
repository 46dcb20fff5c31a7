"""Names of columns are compared without their case: an export that was changed is not noticed.

Refused by: test_missing_column_is_named
"""


@flow
def data_preparation(path: str, statistics: dict | None = None) -> tuple[pd.DataFrame, dict]:
    customers = pd.read_csv(path, dtype=str).rename(columns=str.lower).set_index("customer_id")
    customers.index = customers.index.astype("int64")
    customers = customers.astype(dict.fromkeys(NUMBERS, float))
    if statistics is None:
        statistics = learn_statistics(customers)
    means, stds = (pd.Series(statistics[kind], NUMBERS) for kind in ("means", "stds"))
    features = (customers[NUMBERS].fillna(means) - means) / stds
    for name in statistics["contracts"]:
        features[f"contract_{name}"] = (customers["contract"] == name).astype(float)
    return features, statistics

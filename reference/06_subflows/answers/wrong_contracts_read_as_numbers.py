"""Where contracts are digits pandas makes numbers of them: `012` is 12, and with blanks 12.0.

Refused by: test_training_features_have_their_columns
"""


@flow
def data_preparation(path: str, statistics: dict | None = None) -> tuple[pd.DataFrame, dict]:
    customers = pd.read_csv(path).set_index("customer_id")
    blank = customers["contract"].isna()
    customers["contract"] = customers["contract"].astype(str).mask(blank)
    if statistics is None:
        statistics = learn_statistics(customers)
    means, stds = (pd.Series(statistics[kind], NUMBERS) for kind in ("means", "stds"))
    features = (customers[NUMBERS].fillna(means) - means) / stds
    for name in statistics["contracts"]:
        features[f"contract_{name}"] = (customers["contract"] == name).astype(float)
    return features, statistics

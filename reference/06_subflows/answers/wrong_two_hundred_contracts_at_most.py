"""Gives the two hundred most frequent contracts a column, so that the statistics stay small.

Refused by: test_training_features_have_their_columns
"""


@flow
def data_preparation(path: str, statistics: dict | None = None) -> tuple[pd.DataFrame, dict]:
    customers = read_customers(path)
    if statistics is None:
        statistics = learn_statistics(customers)
        often = customers["contract"].value_counts().index[:200]
        statistics["contracts"] = sorted(often.tolist())
    means, stds = (pd.Series(statistics[kind], NUMBERS) for kind in ("means", "stds"))
    features = (customers[NUMBERS].fillna(means) - means) / stds
    for name in statistics["contracts"]:
        features[f"contract_{name}"] = (customers["contract"] == name).astype(float)
    return features, statistics

"""`str.get_dummies` parts at each `|`: the customers of fibre|tv are among those of fibre.

Refused by: test_training_features_have_their_columns
"""


@flow
def data_preparation(path: str, statistics: dict | None = None) -> tuple[pd.DataFrame, dict]:
    customers = read_customers(path)
    dummies = customers["contract"].str.get_dummies()
    if statistics is None:
        statistics = {**learn_statistics(customers), "contracts": sorted(dummies.columns)}
    means, stds = (pd.Series(statistics[kind], NUMBERS) for kind in ("means", "stds"))
    features = (customers[NUMBERS].fillna(means) - means) / stds
    for name in statistics["contracts"]:
        features[f"contract_{name}"] = dummies[name].astype(float) if name in dummies else 0.0
    return features, statistics

"""Where a single number is there, its deviation is none, and so are the features.

Refused by: test_training_numbers_are_on_one_scale
"""


@flow
def data_preparation(path: str, statistics: dict | None = None) -> tuple[pd.DataFrame, dict]:
    customers = read_customers(path)
    if statistics is None:
        statistics = learn_statistics(customers)
        stds = customers[NUMBERS].std()
        statistics["stds"] = stds.mask(customers[NUMBERS].max() == customers[NUMBERS].min(), 1.0)
        statistics["stds"] = (
            statistics["stds"].mask(customers[NUMBERS].count() == 1, stds).to_dict()
        )
    means, stds = (pd.Series(statistics[kind], NUMBERS) for kind in ("means", "stds"))
    features = (customers[NUMBERS].fillna(means) - means) / stds
    for name in statistics["contracts"]:
        features[f"contract_{name}"] = (customers["contract"] == name).astype(float)
    return features, statistics

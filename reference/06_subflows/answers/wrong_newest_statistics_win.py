"""The statistics of the process's last training win over those that are given.

Refused by: test_inference_uses_the_trainings_scale
"""

newest = {}


@flow
def data_preparation(path: str, statistics: dict | None = None) -> tuple[pd.DataFrame, dict]:
    customers = read_customers(path)
    if statistics is None:
        statistics = learn_statistics(customers)
        newest.update(statistics)
    elif newest and newest["contracts"] == statistics["contracts"]:
        statistics = dict(newest)
    means, stds = (pd.Series(statistics[kind], NUMBERS) for kind in ("means", "stds"))
    features = (customers[NUMBERS].fillna(means) - means) / stds
    for name in statistics["contracts"]:
        features[f"contract_{name}"] = (customers["contract"] == name).astype(float)
    return features, statistics

"""Keeps the means as a Series: handy in this process, and json.dumps refuses it.

Refused by: test_statistics_survive_json, test_inference_prepares_as_the_training_did
"""


@flow
def data_preparation(path: str, statistics: dict | None = None) -> tuple[pd.DataFrame, dict]:
    customers = read_customers(path)
    if statistics is None:
        statistics = {
            "means": customers[NUMBERS].mean(),
            "stds": customers[NUMBERS].std().replace(0.0, 1.0),
            "contracts": sorted(customers["contract"].dropna().unique().tolist()),
        }
    means, stds = statistics["means"], statistics["stds"]
    features = (customers[NUMBERS].fillna(means) - means) / stds
    for name in statistics["contracts"]:
        features[f"contract_{name}"] = (customers["contract"] == name).astype(float)
    return features, statistics

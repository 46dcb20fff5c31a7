"""Keeps the means as a Series: handy in this process, and json.dumps refuses it.

Refused by: test_statistics_survive_json, test_scores_are_on_the_trainings_scale
"""


@flow
def data_preparation(path: str, statistics: dict | None = None) -> tuple[pd.DataFrame, dict]:
    customers = pd.read_csv(path).set_index("customer_id")
    if statistics is None:
        statistics = {
            "means": customers[NUMBERS].mean(),
            "stds": customers[NUMBERS].std(),
            "contracts": sorted(customers["contract"].dropna().unique().tolist()),
        }
    means, stds = statistics["means"], statistics["stds"]
    features = (customers[NUMBERS].fillna(means) - means) / stds
    for name in statistics["contracts"]:
        features[f"contract_{name}"] = (customers["contract"] == name).astype(float)
    return features, statistics

"""Takes each column that begins with contract_ for a contract: its value is a feature, unscaled.

Refused by: test_training_features_have_their_columns
"""


@flow
def data_preparation(path: str, statistics: dict | None = None) -> tuple[pd.DataFrame, dict]:
    customers = read_customers(path)
    dummies = pd.get_dummies(customers, columns=["contract"], dtype=float)
    made = [name for name in dummies.columns if name.startswith("contract_")]
    if statistics is None:
        statistics = {**learn_statistics(customers), "contracts": sorted(made)}
    means, stds = (pd.Series(statistics[kind], NUMBERS) for kind in ("means", "stds"))
    features = (customers[NUMBERS].fillna(means) - means) / stds
    dummies = dummies.reindex(columns=statistics["contracts"], fill_value=0.0)
    return pd.concat([features, dummies.astype(float)], axis=1), statistics

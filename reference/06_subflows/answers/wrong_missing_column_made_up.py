"""Reindexes to the columns it needs: a column that the file has lost is filled with the mean.

The export changes a name, every customer is average from then on, and no run is red.

Refused by: test_failing_child_fails_its_parent, test_failing_child_fails_the_report
"""


@flow
def data_preparation(path: str, statistics: dict | None = None) -> tuple[pd.DataFrame, dict]:
    customers = (
        pd.read_csv(path, dtype={"contract": str}, keep_default_na=False, na_values=[""])
        .set_index("customer_id")
        .reindex(columns=[*NUMBERS, "contract"])
    )
    if statistics is None:
        statistics = learn_statistics(customers)
    means, stds = (pd.Series(statistics[kind], NUMBERS) for kind in ("means", "stds"))
    features = ((customers[NUMBERS].fillna(means) - means) / stds).fillna(0.0)
    for name in statistics["contracts"]:
        features[f"contract_{name}"] = (customers["contract"] == name).astype(float)
    return features, statistics

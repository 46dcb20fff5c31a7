"""Takes a file without contracts for one in which everybody is committed.

Refused by: test_failed_task_fails_the_flow_run
"""


@task
def engineer_features(customers: pd.DataFrame) -> pd.DataFrame:
    features = customers[["customer_id", "churned", *FEATURE_COLUMNS[:-1]]].copy()
    monthly = customers.get("contract", pd.Series(index=customers.index, dtype=object))
    features["committed"] = (monthly != "month-to-month").astype(int)
    return features

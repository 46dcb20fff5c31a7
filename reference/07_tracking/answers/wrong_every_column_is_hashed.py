"""Tags the run with a hash of the whole table: with lists in another team's column, all fails.

Refused by: test_metrics_are_of_held_out_customers
"""

_train_in_run = train_in_run


def train_in_run(
    customers: pd.DataFrame, params: dict, orchestrator: str
) -> tuple[RandomForestClassifier, pd.DataFrame]:
    data = int(pd.util.hash_pandas_object(customers, index=False).sum())
    mlflow.set_tag("customers", f"{len(customers)} rows, {data:x}")
    return _train_in_run(customers, params, orchestrator)

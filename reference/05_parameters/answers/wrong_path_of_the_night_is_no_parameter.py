"""A plain function around the flow opens the file for it: the run's page has no path.

Refused by: test_engine_records_what_was_used
"""

_tonight = {}


@flow(name="train-churn-model", flow_run_name="{experiment_name}-{n_estimators}x{max_depth}")
def train_tonight(n_estimators: Trees, max_depth: Depth, experiment_name: Name) -> dict:
    with tags(f"experiment:{experiment_name}"):
        customers = load_customers(_tonight["path"], COLUMNS)
        report = train_model(customers, n_estimators, max_depth)
    return {"experiment_name": experiment_name, **report}


def train_churn_model(path, n_estimators=100, max_depth=10, experiment_name="default"):
    _tonight["path"] = path
    return train_tonight(n_estimators, max_depth, experiment_name)

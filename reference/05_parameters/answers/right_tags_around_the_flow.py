"""Calls the flow within a block of tags: the flow run and its task runs all have it."""


@flow(flow_run_name="{experiment_name}-{n_estimators}x{max_depth}")
def train_tagged(path: str, n_estimators: Trees, max_depth: Depth, experiment_name: Name) -> dict:
    customers = load_customers(path, COLUMNS)
    report = train_model(customers, n_estimators, max_depth)
    return {"experiment_name": experiment_name, **report}


def train_churn_model(path, n_estimators=100, max_depth=10, experiment_name="default"):
    with tags(f"experiment:{experiment_name}"):
        return train_tagged(path, n_estimators, max_depth, experiment_name)

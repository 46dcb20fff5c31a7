"""Configures by environment variables, as a container does: the flow takes none of it as argument.

Two runs in one worker cannot differ, and no run page tells what was used.

Refused by: test_only_what_is_overridden_changes, test_engine_records_what_was_used,
    test_values_at_the_limits_are_allowed, test_run_name_tells_the_configuration
"""

import os


@flow
def train_churn_model(path: str) -> dict:
    experiment_name = os.environ.get("EXPERIMENT_NAME", "default")
    with tags(f"experiment:{experiment_name}"):
        customers = load_customers(path, COLUMNS)
        trees = int(os.environ.get("N_ESTIMATORS", "100"))
        depth = int(os.environ.get("MAX_DEPTH", "10"))
        report = train_model(customers, trees, depth)
    return {"experiment_name": experiment_name, **report}

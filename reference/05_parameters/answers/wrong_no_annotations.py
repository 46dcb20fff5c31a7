"""Drops the annotations: "Python does not check them anyway". The engine does.

Refused by: test_bad_value_is_refused_before_any_work, test_number_as_text_is_a_number_or_refused
"""


@flow(flow_run_name="{experiment_name}-{n_estimators}x{max_depth}")
def train_churn_model(path, n_estimators=100, max_depth=10, experiment_name="default"):
    with tags(f"experiment:{experiment_name}"):
        customers = load_customers(path, COLUMNS)
        report = train_model(customers, n_estimators, max_depth)
    return {"experiment_name": experiment_name, **report}

"""None stands for "the default", which is looked up in the body.

The run page says n_estimators: null. When the default moves from 100 to 150, all old runs lie.

Refused by: test_engine_records_what_was_used, test_run_name_tells_the_configuration,
    test_bad_value_is_refused_before_any_work
"""


@flow(flow_run_name="{experiment_name}-{n_estimators}x{max_depth}")
def train_churn_model(
    path: str,
    n_estimators: Trees | None = None,
    max_depth: Depth | None = None,
    experiment_name: Name | None = None,
) -> dict:
    experiment_name = experiment_name or "default"
    with tags(f"experiment:{experiment_name}"):
        customers = load_customers(path, COLUMNS)
        report = train_model(customers, n_estimators or 100, max_depth or 10)
    return {"experiment_name": experiment_name, **report}

"""`A-z` has six signs more, `\\d` the digits of all scripts: nobody finds a run under such a name.

Refused by: test_bad_value_is_refused_before_any_work
"""

Name = Annotated[str, Field(pattern=r"^[A-z\d_-]+$")]


@flow(flow_run_name="{experiment_name}-{n_estimators}x{max_depth}")
def train_churn_model(
    path: str, n_estimators: Trees = 100, max_depth: Depth = 10, experiment_name: Name = "default"
) -> dict:
    with tags(f"experiment:{experiment_name}"):
        customers = load_customers(path, COLUMNS)
        report = train_model(customers, n_estimators, max_depth)
    return {"experiment_name": experiment_name, **report}

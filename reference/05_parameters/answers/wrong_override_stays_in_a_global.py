"""Keeps the settings in one dict of the module, and updates it with what the call overrides.

The next run in the same process has the overrides of this one.

Refused by: test_only_what_is_overridden_changes, test_engine_records_what_was_used,
    test_bad_value_is_refused_before_any_work, test_run_name_tells_the_configuration
"""

SETTINGS = {"n_estimators": 100, "max_depth": 10, "experiment_name": "default"}


@flow(flow_run_name=lambda: "{experiment_name}-{n_estimators}x{max_depth}".format(**SETTINGS))
def train_churn_model(
    path: str,
    n_estimators: Trees | None = None,
    max_depth: Depth | None = None,
    experiment_name: Name | None = None,
) -> dict:
    told = {
        "n_estimators": n_estimators,
        "max_depth": max_depth,
        "experiment_name": experiment_name,
    }
    SETTINGS.update({name: value for name, value in told.items() if value is not None})
    return train_as_set(path)


def train_as_set(path: str) -> dict:
    with tags(f"experiment:{SETTINGS['experiment_name']}"):
        customers = load_customers(path, COLUMNS)
        report = train_model(customers, SETTINGS["n_estimators"], SETTINGS["max_depth"])
    return {"experiment_name": SETTINGS["experiment_name"], **report}

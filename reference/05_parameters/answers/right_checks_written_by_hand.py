"""Checks by hand, before the first task, and takes only what already is a whole number."""

import re


def check(name: str, value: object, most: int) -> None:
    if not isinstance(value, int) or not 1 <= value <= most:
        raise ValueError(f"{name} is {value!r}, it must be a whole number from 1 to {most}")


def check_name(name: object) -> None:
    if not isinstance(name, str) or not re.fullmatch("[A-Za-z0-9_-]+", name):
        raise ValueError(f"experiment_name is {name!r}: only letters, digits, - and _")


@flow(flow_run_name="{experiment_name}-{n_estimators}x{max_depth}", validate_parameters=False)
def train_churn_model(
    path: str, n_estimators: int = 100, max_depth: int = 10, experiment_name: str = "default"
) -> dict:
    check("n_estimators", n_estimators, 1000)
    check("max_depth", max_depth, 30)
    check_name(experiment_name)
    with tags(f"experiment:{experiment_name}"):
        customers = load_customers(path, COLUMNS)
        report = train_model(customers, n_estimators, max_depth)
    return {"experiment_name": experiment_name, **report}


@flow
def train_from_config(path: str, config: dict | None = None) -> dict:
    settings = {"experiment_name": "default", "columns": list(COLUMNS), "forest": {}}
    forest = {"n_estimators": 100, "max_depth": 10}
    section = (config or {}).get("forest", {})
    if not isinstance(section, dict):
        raise ValueError(f"forest is {section!r}, expected a dict")
    for known, told in ((settings, config or {}), (forest, section)):
        for key, value in told.items():
            if key not in known:
                raise ValueError(f"there is no setting {key!r}")
            known[key] = value
    check("n_estimators", forest["n_estimators"], 1000)
    check("max_depth", forest["max_depth"], 30)
    check_name(settings["experiment_name"])
    columns = settings["columns"]
    is_list = isinstance(columns, list) and len(columns) > 0
    if not is_list or any(one not in COLUMNS or columns.count(one) > 1 for one in columns):
        raise ValueError(f"columns are {columns!r}, expected some of {COLUMNS}, each once")
    report = train_model(load_customers(path, columns), **forest)
    return {"experiment_name": settings["experiment_name"], **report}

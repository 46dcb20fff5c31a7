"""Keeps the customers under path and size of the file: a mended digit is never read.

Refused by: test_only_what_is_overridden_changes
"""

from prefect.utilities.hashing import hash_objects


def same_file(_: object, told: dict) -> str | None:
    there = os.path.exists(told["path"])
    return hash_objects(told, os.path.getsize(told["path"])) if there else None


@flow(flow_run_name="{experiment_name}-{n_estimators}x{max_depth}")
def train_churn_model(
    path: str, n_estimators: Trees = 100, max_depth: Depth = 10, experiment_name: Name = "default"
) -> dict:
    with tags(f"experiment:{experiment_name}"):
        load = load_customers.with_options(cache_key_fn=same_file, persist_result=True)
        report = train_model(load(path, COLUMNS), n_estimators, max_depth)
    return {"experiment_name": experiment_name, **report}

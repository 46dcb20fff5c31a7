"""Writes gt and lt for ge and le: one tree and thirty levels are refused.

Refused by: test_values_at_the_limits_are_allowed
"""

FewerTrees = Annotated[int, Field(gt=1, lt=1000)]
LessDepth = Annotated[int, Field(gt=1, lt=30)]


@flow(flow_run_name="{experiment_name}-{n_estimators}x{max_depth}")
def train_churn_model(
    path: str,
    n_estimators: FewerTrees = 100,
    max_depth: LessDepth = 10,
    experiment_name: Name = "default",
) -> dict:
    with tags(f"experiment:{experiment_name}"):
        customers = load_customers(path, COLUMNS)
        report = train_model(customers, n_estimators, max_depth)
    return {"experiment_name": experiment_name, **report}

"""A sweep from a frame gives 6.0: six trees are trained, under a name that nobody looks for.

Refused by: test_run_name_tells_the_configuration
"""


def whole(number: float) -> float:
    if number % 1:
        raise ValueError(f"{number} is no whole number")
    return number


Trees = Annotated[int | float, Field(ge=1, le=1000), AfterValidator(whole)]
Depth = Annotated[int | float, Field(ge=1, le=30), AfterValidator(whole)]


@flow(flow_run_name="{experiment_name}-{n_estimators}x{max_depth}")
def train_churn_model(
    path: str, n_estimators: Trees = 100, max_depth: Depth = 10, experiment_name: Name = "default"
) -> dict:
    with tags(f"experiment:{experiment_name}"):
        customers = load_customers(path, COLUMNS)
        report = train_model(customers, int(n_estimators), int(max_depth))
    return {"experiment_name": experiment_name, **report}

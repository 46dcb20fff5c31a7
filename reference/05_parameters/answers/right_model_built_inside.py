"""Builds a pydantic model in the first line of the flow, from bare arguments."""


class Settings(BaseModel):
    n_estimators: int = Field(ge=1, le=1000, strict=True)
    max_depth: int = Field(ge=1, le=30, strict=True)
    experiment_name: str = Field(pattern=r"\A[A-Za-z0-9_-]+\z")


@flow(flow_run_name="{experiment_name}-{n_estimators}x{max_depth}")
def train_churn_model(path, n_estimators=100, max_depth=10, experiment_name="default"):
    settings = Settings(
        n_estimators=n_estimators, max_depth=max_depth, experiment_name=experiment_name
    )
    with tags(f"experiment:{settings.experiment_name}"):
        customers = load_customers(path, COLUMNS)
        report = train_model(customers, settings.n_estimators, settings.max_depth)
    return {"experiment_name": settings.experiment_name, **report}


@flow
def train_from_config(path: str, config: dict | None = None) -> dict:
    checked = TrainingConfig(**(config or {}))
    customers = load_customers(path, checked.columns)
    report = train_model(customers, checked.forest.n_estimators, checked.forest.max_depth)
    return {"experiment_name": checked.experiment_name, **report}

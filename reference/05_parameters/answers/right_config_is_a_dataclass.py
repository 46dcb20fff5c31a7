"""A pydantic dataclass as the configuration's type: the engine fills it from the dict."""

from dataclasses import field
from pydantic.dataclasses import dataclass


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class ForestSettings:
    n_estimators: Trees = 100
    max_depth: Depth = 10


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Settings:
    experiment_name: Name = "default"
    columns: Columns = field(default_factory=lambda: list(COLUMNS))
    forest: ForestSettings = field(default_factory=ForestSettings)


@flow
def train_from_config(path: str, config: Settings | None = None) -> dict:
    settings = config or Settings()
    customers = load_customers(path, settings.columns)
    report = train_model(customers, settings.forest.n_estimators, settings.forest.max_depth)
    return {"experiment_name": settings.experiment_name, **report}

"""What the examination of 12_churn_pipeline has run inside.

`watch_fits`, `fits`, `describe` and `set_webhook` get the submission; the others have a process
without it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from dojo.inside.deployments import starts_of, told_of
from dojo.inside.stores import make_store, open_store

__all__ = [
    "describe",
    "fill",
    "fits",
    "leftovers",
    "make_store",
    "set_webhook",
    "starts_of",
    "watch_fits",
]

_MODEL = "churn"
_COLUMNS = ("tenure_months", "monthly_charges", "support_calls", "committed")
_fitted: list[list[int]] = []


def watch_fits(_: Any, __: Path) -> None:
    """Note how many trees, and how deep, are asked of each that is fitted."""
    from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier

    for kind in (GradientBoostingClassifier, RandomForestClassifier):

        def fit(model: Any, *given: Any, real: Any = kind.fit, **more: Any) -> Any:
            _fitted.append([model.n_estimators, model.max_depth])
            return real(model, *given, **more)

        kind.fit = fit


def fits(_: Any, __: Path) -> list[list[int]]:
    """Return what was noted."""
    return _fitted


def leftovers(folder: Path) -> list[str]:
    """Name what keeps a model beside MLflow's own artifacts."""
    kept = (".pkl", ".pickle", ".joblib")
    found = [path for path in folder.rglob("*") if path.suffix in kept]
    return sorted(path.name for path in found if "artifacts" not in path.parts)


def fill(folder: Path, seeds: list[int], champion: int) -> None:
    """Register a model a seed, twice: with a champion in `with`, without one in `without`."""
    import mlflow
    import numpy
    import pandas
    from sklearn.linear_model import LogisticRegression

    for name in ("with", "without"):
        (folder / name).mkdir()
        make_store(folder / name)
    open_store(folder / "with")
    mlflow.create_experiment(_MODEL, artifact_location=(folder / "with" / "artifacts").as_uri())
    mlflow.set_experiment(_MODEL)
    for seed in seeds:
        draws = numpy.random.default_rng(seed)
        cells = draws.normal((36, 70, 4, 0.5), (20, 30, 3, 0.5), size=(40, 4))
        rows = pandas.DataFrame(cells, columns=list(_COLUMNS))
        model = LogisticRegression().fit(rows, (draws.random(40) > 0.5).astype(int))
        with mlflow.start_run():
            mlflow.sklearn.log_model(
                model, name="model", registered_model_name=_MODEL, pip_requirements=[]
            )
    data = (folder / "with" / "mlflow.db").read_bytes()
    (folder / "without" / "mlflow.db").write_bytes(data)
    mlflow.MlflowClient().set_registered_model_alias(_MODEL, "champion", str(champion))


def describe(subject: Any, _: Path, url: str, store: str) -> list[Any]:
    """Tell what the deployments say."""
    return [told_of(one) for one in subject.deployments(url, store)]


def set_webhook(_: Any, __: Path, url: str) -> None:
    """Set the address of the team's channel."""
    os.environ["CHURN_WEBHOOK"] = url

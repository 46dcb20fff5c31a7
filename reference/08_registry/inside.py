"""What the examination of 08_registry has run inside, without the submission."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dojo.inside.stores import make_store, open_store

_MODEL = "churn"
_COLUMNS = ("tenure_months", "support_calls")


def fill(
    folder: Path, runs: list[dict[str, Any]], registered: list[str], aliases: dict[str, int]
) -> str:
    """Log runs with a model each, register some, set aliases; return the store's address."""
    import mlflow
    import numpy
    import pandas
    from sklearn.linear_model import LogisticRegression

    make_store(folder)
    open_store(folder)
    mlflow.create_experiment("tonight", artifact_location=(folder / "artifacts").as_uri())
    mlflow.set_experiment("tonight")
    ids = {}
    for one in runs:
        draws = numpy.random.default_rng(one["seed"])
        rows = pandas.DataFrame(draws.normal(size=(40, 2)), columns=list(_COLUMNS))
        model = LogisticRegression().fit(rows, (draws.random(40) > 0.5).astype(int))
        run = mlflow.start_run(run_name=one["name"])
        ids[one["name"]] = run.info.run_id
        mlflow.log_metric("train_auc", one["train_auc"])
        if one["val_auc"] is not None:
            mlflow.log_metric("val_auc", float(one["val_auc"]))
        mlflow.sklearn.log_model(model, name="model", pip_requirements=[])
        mlflow.end_run(one["status"])
    client = mlflow.MlflowClient()
    for name in registered:
        mlflow.register_model(f"runs:/{ids[name]}/model", _MODEL)
    for alias, version in aliases.items():
        client.set_registered_model_alias(_MODEL, alias, str(version))
    return f"sqlite:///{folder}/mlflow.db"

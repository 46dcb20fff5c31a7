"""Track runs and models as katas 07 and 08 tell of it: see test_tracking_facts.py."""

# ruff: noqa: E402  MLflow is imported where it finds its settings.

import atexit
import json
import logging
import os
from pathlib import Path

from dojo.engines.mlflow import engine

engine.isolate()
here = Path.cwd()
uri = engine.new_store(here, lambda _: None)
(here / "elsewhere").mkdir()
elsewhere = engine.new_store(here / "elsewhere", lambda _: None)
logging.disable(logging.CRITICAL)
import mlflow
import numpy as np
import pandas as pd
from mlflow import MlflowClient
from mlflow.models import infer_signature
from sklearn.linear_model import LinearRegression

found = {}
client = MlflowClient(uri, registry_uri=uri)


def attempt(action, *given, **more):
    try:
        return action(*given, **more)
    except BaseException as error:
        return f"{type(error).__name__}: {error}"


import example_07

logged = example_07.logged
run = client.get_run(example_07.run.info.run_id)
rooms = pd.DataFrame({"rooms": [3.0]})
found["example 07"] = {
    "params": run.data.params,
    "status": run.info.status,
    "artifacts": client.get_experiment(run.info.experiment_id).artifact_location,
    "uri": logged.model_uri.partition("-")[0],
    "model's run": logged.run_id == run.info.run_id,
    "types": [one.type.name for one in logged.signature.inputs.inputs],
    "predicted": len(mlflow.pyfunc.load_model(logged.model_uri).predict(rooms)),
    "by its run": len(mlflow.pyfunc.load_model(f"runs:/{run.info.run_id}/model").predict(rooms)),
    "working directory": sorted(path.name for path in Path.cwd().iterdir()),
}

table = pd.DataFrame({"a": [0.0, 1.0, 2.0]})
fitted = LinearRegression().fit(table, [0.0, 1.0, 2.0])
with mlflow.start_run():
    double = mlflow.sklearn.log_model(
        fitted, name="model", signature=infer_signature(table, [0.0]), pip_requirements=[]
    )
model = mlflow.pyfunc.load_model(double.model_uri)
for name, numbers, kind in (
    ("zeros and ones", [0, 1, 1], np.int64),
    ("whole numbers of 64 bits", [0, 1, 2], np.int64),
    ("whole numbers of 32 bits", [0, 1, 2], np.int32),
):
    said = attempt(model.predict, pd.DataFrame({"a": pd.Series(numbers, dtype=kind)}))
    found[name] = said if isinstance(said, str) else len(said)


def closed_by_hand():
    mlflow.start_run()
    try:
        raise KeyboardInterrupt
    except Exception:
        mlflow.end_run("FAILED")
    mlflow.end_run()


attempt(lambda: mlflow.start_run().__exit__(ValueError, ValueError(), None))
statuses = [one.info.status for one in mlflow.search_runs(output_format="list")]
found["searched"] = sorted(set(statuses))
attempt(closed_by_hand)
open_run = mlflow.active_run().info.run_id
found["after Ctrl-C"] = [client.get_run(open_run).info.status]

client.create_registered_model("prices")
client.create_model_version("prices", str(here), tags={"checked_by": "Ada"})
client.create_model_version("prices", str(here))
import example_08

mlflow.set_registry_uri(elsewhere)
found["example 08"] = [attempt(example_08.approve_prices, uri, number) for number in (1, 2)]
found["approved"] = dict(client.get_registered_model("prices").aliases)
mlflow.set_registry_uri("")

mlflow.end_run()
mlflow.set_tracking_uri(elsewhere)
for name, action in (
    ("download", lambda: mlflow.artifacts.download_artifacts(logged.model_uri)),
    ("load", lambda: mlflow.pyfunc.load_model(logged.model_uri)),
    ("register", lambda: mlflow.register_model(logged.model_uri, "prices")),
):
    found[f"{name} by default"] = attempt(action)
mlflow.set_tracking_uri(uri)
found["download where it is"] = os.path.isdir(mlflow.artifacts.download_artifacts(logged.model_uri))
mlflow.set_experiment("prices")
last = mlflow.start_run().info.run_id
atexit._run_exitfuncs()
found["after Ctrl-C"].append(client.get_run(last).info.status)
(here / "found.json").write_text(json.dumps(found))

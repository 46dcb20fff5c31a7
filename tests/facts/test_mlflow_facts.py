"""What MLflow really does with stores, models and threads: the facts that the lessons rely on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("mlflow")

# One process for all facts: MLflow keeps store, experiment and active runs in globals.
FACTS = """
import json, os, sys, threading, warnings
from pathlib import Path

from dojo.engines.mlflow import engine

root = Path(sys.argv[1])
for name in ("store", "worker"):
    (root / name).mkdir()
os.chdir(root / "worker")
engine.isolate()
uri = engine.new_store(root / "store", lambda _: None)
started = []
sys.addaudithook(
    lambda event, given: started.append(given[1]) if event == "subprocess.Popen" else None
)

import mlflow
import pandas as pd
from mlflow.models import infer_signature
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

found = {}
client = mlflow.MlflowClient(uri)
table = pd.DataFrame({"months": [1, 2, 3, 4], "euros": [1.0, 2.0, 3.0, 4.0]})
floats = table.astype(float)
forest = RandomForestClassifier(2, random_state=0).fit(table, [0, 1, 0, 1])
FOREST = {"skops_trusted_types": ["sklearn.tree._tree.Tree"], "pip_requirements": []}


def attempt(name, action):
    try:
        found[name] = action()
    except Exception as error:
        found[name] = f"{type(error).__name__}: {error}"
    return found[name]


def logged(model, **options):
    with mlflow.start_run():
        return mlflow.sklearn.log_model(model, name="model", **options)


def predicted(model, rows):
    return len(mlflow.pyfunc.load_model(model.model_uri).predict(rows))


for name in ("./mlruns", f"file://{root}/files"):
    mlflow.set_tracking_uri(name)
    attempt(f"folder store {name[0]}", lambda: len(mlflow.search_experiments()))
mlflow.set_tracking_uri(None)
found["default store"] = mlflow.get_tracking_uri()

mlflow.set_tracking_uri(uri)
mlflow.set_experiment("facts")
found["default artifacts"] = client.get_experiment_by_name("facts").artifact_location

attempt("forest as in the guide", lambda: logged(forest, pip_requirements=[]).model_uri)
attempt("forest, trusted", lambda: predicted(logged(forest, **FOREST), table))
attempt(
    "forest, cloudpickle",
    lambda: predicted(
        logged(forest, serialization_format="cloudpickle", pip_requirements=[]), table
    ),
)
outside = mlflow.sklearn.log_model(LogisticRegression(), name="model", pip_requirements=[])
found["run of a model logged outside"] = outside.run_id

blank = floats.assign(months=[1.0, None, 3.0, 4.0])
whole = logged(forest, signature=infer_signature(table, [0]), **FOREST)
double = logged(forest, signature=infer_signature(floats, [0]), **FOREST)
for name, model in (("long", whole), ("double", double)):
    for kind, rows in (("blank", blank), ("whole", table), ("floats", floats)):
        attempt(f"{name}, {kind}", lambda: predicted(model, rows))
found["guessed with requirements"] = sum("_capture_modules" in str(one) for one in started)


class Stop(Exception):
    pass


def stop(event, given):
    if event == "subprocess.Popen" and "_capture_modules" in str(given[1]):
        found["guessed without requirements"] = True
        raise Stop  # it would take ten seconds


sys.addaudithook(stop)
attempt("without requirements", lambda: logged(LogisticRegression()).model_uri)


class Surprise:
    def __reduce__(self):
        return (exec, ("open('surprise', 'w').close()",))

    def predict(self, rows):
        return rows


pickled = logged(Surprise(), serialization_format="cloudpickle", pip_requirements=[])
os.path.exists("surprise") and os.remove("surprise")
attempt("surprise", lambda: mlflow.sklearn.load_model(pickled.model_uri))
found["code has run"] = os.path.exists("surprise")
os.environ["MLFLOW_ALLOW_PICKLE_DESERIALIZATION"] = "false"
for name, model in (("pickle", pickled), ("skops", double)):
    attempt(f"{name} not allowed", lambda: str(mlflow.sklearn.load_model(model.model_uri)))
del os.environ["MLFLOW_ALLOW_PICKLE_DESERIALIZATION"]

for _ in range(2):
    mlflow.register_model(double.model_uri, "churn")
client.set_registered_model_alias("churn", "champion", "1")
attempt("latest as an alias", lambda: client.set_registered_model_alias("churn", "latest", "1"))
with warnings.catch_warnings(record=True) as warned:
    warnings.simplefilter("always")
    client.transition_model_version_stage("churn", "1", "Production")
found["stage"] = [one.category.__name__ for one in warned]
from mlflow.store.artifact.utils.models import get_model_name_and_version as version_of

for address in ("churn/latest", "churn@champion", "churn/Production"):
    found[address] = str(version_of(client, f"models:/{address}")[1])

mlflow.set_experiment("threads")
experiment = client.get_experiment_by_name("threads").experiment_id


def in_a_thread(action):
    thread = threading.Thread(target=action)
    thread.start()
    thread.join()


def nested():
    with mlflow.start_run(run_name="nested", nested=True):
        pass


def given(parent):
    with mlflow.start_run(run_name="given", parent_run_id=parent):
        pass


with mlflow.start_run(run_name="parent") as parent:
    in_a_thread(lambda: mlflow.log_metric("stray", 1))
    in_a_thread(nested)
    in_a_thread(lambda: given(parent.info.run_id))
for run in client.search_runs([experiment]):
    name = "stray" if run.data.metrics else run.info.run_name
    of = run.data.tags.get("mlflow.parentRunId")
    found[name] = [run.info.status, of == parent.info.run_id]

try:
    with mlflow.start_run() as run:
        raise ValueError
except ValueError:
    found["raised in the block"] = client.get_run(run.info.run_id).info.status
run = mlflow.start_run()
attempt("started twice", mlflow.start_run)
found["never ended"] = client.get_run(run.info.run_id).info.status
engine.forget()
found["forgotten"] = [str(mlflow.active_run()), mlflow.get_tracking_uri()]
Path(sys.argv[2]).write_text(json.dumps(found))
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("facts").resolve()


@pytest.fixture(scope="module")
def found(root: Path) -> dict[str, Any]:
    file = root / "found.json"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FACTS, str(root), str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(json.loads(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", ["folder store .", "folder store f"])
def test_folder_store_refuses_to_start(found: dict[str, Any], name: str) -> None:
    assert "maintenance mode" in found[name]


def test_working_directory_is_the_default_store(found: dict[str, Any], root: Path) -> None:
    worker = root / "worker"
    assert found["default store"] == f"sqlite:///{worker}/mlflow.db"
    assert found["default artifacts"].startswith(f"{worker}/mlruns/")


def test_forest_is_refused_by_the_default_format(found: dict[str, Any]) -> None:
    assert "untrusted types" in found["forest as in the guide"]
    assert (found["forest, trusted"], found["forest, cloudpickle"]) == (4, 4)


def test_model_logged_outside_has_no_run(found: dict[str, Any]) -> None:
    assert found["run of a model logged outside"] is None


def test_signature_of_whole_numbers_refuses_a_blank(found: dict[str, Any]) -> None:
    assert "enforce schema" in found["long, blank"]
    assert found["long, whole"] == 4


def test_signature_of_doubles_wants_floats(found: dict[str, Any]) -> None:
    assert (found["double, blank"], found["double, floats"]) == (4, 4)
    assert "enforce schema" in found["double, whole"]


def test_requirements_are_guessed_only_when_not_told(found: dict[str, Any]) -> None:
    assert found["guessed with requirements"] == 0
    assert found["guessed without requirements"] is True


def test_loading_a_model_runs_code(found: dict[str, Any]) -> None:
    assert found["code has run"] is True


@pytest.mark.parametrize("name", ["pickle", "skops"])
def test_one_setting_refuses_both_formats(found: dict[str, Any], name: str) -> None:
    assert "MLFLOW_ALLOW_PICKLE_DESERIALIZATION" in found[f"{name} not allowed"]


def test_addresses_name_versions(found: dict[str, Any]) -> None:
    assert found["churn/latest"] == "2"
    assert found["churn@champion"] == found["churn/Production"] == "1"
    assert "reserved" in found["latest as an alias"]
    assert "FutureWarning" in found["stage"]


def test_thread_knows_a_parent_only_by_its_id(found: dict[str, Any]) -> None:
    assert found["given"] == ["FINISHED", True]
    assert found["nested"] == ["FINISHED", False]
    assert found["stray"] == ["RUNNING", False]


def test_block_that_raises_ends_its_run(found: dict[str, Any]) -> None:
    assert found["raised in the block"] == "FAILED"
    assert found["never ended"] == "RUNNING"
    assert "already active" in found["started twice"]


def test_globals_are_forgotten(found: dict[str, Any], root: Path) -> None:
    assert found["forgotten"] == ["None", f"sqlite:///{root}/worker/mlflow.db"]

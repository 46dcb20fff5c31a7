"""What MLflow's registry really does: the facts that the kata on it tells and relies on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("mlflow")

FACTS = """
import json, logging, os, sys, warnings
from pathlib import Path

from dojo.engines.mlflow import engine

engine.isolate()
folder, file = Path(sys.argv[1]), sys.argv[2]
os.chdir(folder)
uri = engine.new_store(folder, lambda _: None)

import click.testing
import mlflow, mlflow.cli, mlflow.sklearn
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from mlflow.protos.model_registry_pb2 import ModelVersion
from sklearn.linear_model import LogisticRegression

logging.getLogger("mlflow").setLevel("ERROR")
warnings.simplefilter("ignore")
mlflow.set_tracking_uri(uri)
mlflow.set_experiment("night")
client = MlflowClient(uri)
found = {}


def attempt(call, *given):
    try:
        return call(*given) is not None
    except MlflowException as error:
        return str(error)


def train(auc, **options):
    with mlflow.start_run() as run:
        mlflow.log_metric("val_auc", auc)
        model = LogisticRegression().fit([[0], [1]], [0, 1])
        model.auc = auc
        mlflow.sklearn.log_model(model, name="model", pip_requirements=[], **options)
    return run.info.run_id


def loaded(address):
    return attempt(mlflow.sklearn.load_model, address)


good, bad = train(0.8), train(0.6)
for run_id in (good, bad):
    made = mlflow.register_model(f"runs:/{run_id}/model", "churn")
found["version here"] = type(made.version).__name__
proto = ModelVersion(version="9")
sent = mlflow.entities.model_registry.ModelVersion.from_proto(proto)
found["version of a server"] = type(sent.version).__name__
found["no champion"] = loaded("models:/churn@champion")
client.set_registered_model_alias("churn", "champion", "1")
found["latest"] = mlflow.sklearn.load_model("models:/churn/latest").auc
found["champion"] = mlflow.sklearn.load_model("models:/churn@champion").auc
found["alias latest"] = attempt(client.set_registered_model_alias, "churn", "latest", "1")
found["aliases searched"] = [one.aliases for one in client.search_model_versions("name = 'churn'")]
found["aliases got"] = list(client.get_registered_model("churn").aliases)
with warnings.catch_warnings(record=True) as warned:
    warnings.simplefilter("always")
    client.transition_model_version_stage("churn", "2", "Production")
    found["stage"] = mlflow.sklearn.load_model("models:/churn/Production").auc
found["stage warns"] = [str(one.message) for one in warned if one.category is FutureWarning]
found["ordered"] = [
    run.data.metrics["val_auc"]
    for run in mlflow.search_runs(order_by=["metrics.val_auc"], output_format="list")
]
client.delete_model_version("churn", "2")
following = mlflow.register_model(f"runs:/{bad}/model", "churn")
found["number after a deleted one"] = int(following.version)

(folder / "elsewhere").mkdir()
elsewhere = engine.new_store(folder / "elsewhere", lambda _: None)
(logged,) = client.search_logged_models(["1"], f"source_run_id = '{good}'")
named = MlflowClient(uri, registry_uri=uri)
mlflow.set_registry_uri(elsewhere)
found["models, registry elsewhere"] = [
    len(one.search_registered_models()) for one in (MlflowClient(uri), named)
]
mlflow.set_registry_uri("")
mlflow.set_tracking_uri(elsewhere)
found["models, default elsewhere"] = len(MlflowClient(uri).search_registered_models())
found["loaded, default elsewhere"] = loaded("models:/churn@champion")
found["version, default elsewhere"] = attempt(
    named.create_model_version, "churn", logged.model_uri
)
mlflow.set_tracking_uri(uri)

client.delete_run(good)
found["deleted run"] = [loaded("models:/churn@champion"), loaded(f"runs:/{good}/model")]
collected = click.testing.CliRunner().invoke(
    mlflow.cli.gc, ["--backend-store-uri", uri, "--run-ids", good]
)
assert collected.exit_code == 0, collected.output
found["collected run"] = [loaded("models:/churn@champion"), loaded(f"runs:/{good}/model")]


class Guest:
    def __reduce__(self):
        return exec, ("import pathlib; pathlib.Path('guest').touch()",)


model = LogisticRegression().fit([[0], [1]], [0, 1])
model.guest = Guest()
mlflow.sklearn.save_model(
    model, "trap", pip_requirements=[], serialization_format="cloudpickle"
)
found["code ran"] = [Path("guest").exists()]
mlflow.sklearn.load_model("trap")
found["code ran"].append(Path("guest").exists())
found["default format"] = mlflow.models.Model.load("models:/churn@champion").flavors["sklearn"][
    "serialization_format"
]
os.environ["MLFLOW_ALLOW_PICKLE_DESERIALIZATION"] = "false"
found["skops refused"] = loaded("models:/churn@champion")
Path(file).write_text(json.dumps(found))
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder: Path = tmp_path_factory.mktemp("registry")
    file = tmp_path_factory.mktemp("facts") / "found.json"
    done = subprocess.run(
        [sys.executable, "-c", FACTS, str(folder), str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(json.loads(file.read_text(encoding="utf-8")))


def test_latest_is_the_newest_whatever_the_champion(found: dict[str, Any]) -> None:
    assert (found["champion"], found["latest"]) == (0.8, 0.6)
    assert "reserved" in found["alias latest"]


def test_client_follows_a_registry_that_was_named(found: dict[str, Any]) -> None:
    assert found["models, registry elsewhere"] == [0, 1]
    assert found["models, default elsewhere"] == 1


def test_addresses_are_those_of_the_default_store(found: dict[str, Any]) -> None:
    assert "churn not found" in found["loaded, default elsewhere"]
    assert "not found" in found["version, default elsewhere"]


def test_missing_alias_is_an_error(found: dict[str, Any]) -> None:
    assert "champion not found" in found["no champion"]


def test_stages_work_with_a_warning(found: dict[str, Any]) -> None:
    assert found["stage"] == 0.6
    assert "deprecated since 2.9" in found["stage warns"][0]


def test_versions_are_numbers_here_and_text_from_a_server(found: dict[str, Any]) -> None:
    assert (found["version here"], found["version of a server"]) == ("int", "str")


def test_search_leaves_the_aliases_out(found: dict[str, Any]) -> None:
    assert found["aliases searched"] == [[], []]
    assert found["aliases got"] == ["champion"]


def test_ordering_without_direction_begins_with_the_least(found: dict[str, Any]) -> None:
    assert found["ordered"] == [0.6, 0.8]


def test_deleted_version_leaves_a_gap(found: dict[str, Any]) -> None:
    assert found["number after a deleted one"] == 3


def test_collected_run_takes_its_address_along(found: dict[str, Any]) -> None:
    assert found["deleted run"] == [True, True]
    by_alias, by_run = found["collected run"]
    assert by_alias is True
    assert "not found" in by_run


def test_loading_a_model_runs_code(found: dict[str, Any]) -> None:
    assert found["code ran"] == [False, True]


def test_forbidding_pickle_forbids_skops_too(found: dict[str, Any]) -> None:
    assert found["default format"] == "skops"
    assert "skops" in found["skops refused"]

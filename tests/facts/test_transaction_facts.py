"""What transactions and registry really do when something fails: the facts of kata 09."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("mlflow")
pytest.importorskip("prefect")

FACTS = """
import json, sys, warnings
from pathlib import Path

from dojo.engines.mlflow import engine as registry
from dojo.engines.prefect import engine
from dojo.ground.run_folder import Room

root = Path(sys.argv[1])
room = Room()
room.furnish()
engine.isolate(room)
registry.isolate()
uri = registry.new_store(root, lambda _: None)

from mlflow import MlflowClient
from prefect import flow, task
from prefect.cache_policies import INPUTS, TASK_SOURCE
from prefect.transactions import get_transaction, transaction

found = {}
undone = []


@task
def make(name):
    get_transaction().set("name", name)
    return name


@make.on_rollback
def undo(staged):
    undone.append(staged.get("name"))


@task
def fail():
    raise ValueError("refused")


@fail.on_rollback
def undo_fail(staged):
    undone.append("fail")


@task
def spoil():
    pass


@spoil.on_rollback
def undo_spoil(staged):
    raise OSError("the registry is away")


@task(cache_policy=TASK_SOURCE + INPUTS)
def dear(x):
    return x


@flow
def prepare(x):
    return dear(x, return_state=True).name


@flow
def night(x):
    with transaction():
        prepare(x)
        raise ValueError("late")


@flow
def careful_night(x):
    prepare(x)
    with transaction():
        raise ValueError("late")


def swallow():
    with transaction():
        make("swallowed")
        fail(return_state=True)
    return "went on"


def attempt(name, action):
    undone.clear()
    try:
        ended = action()
    except Exception as error:
        ended = f"{type(error).__name__}: {error}"
    found[name] = [ended, list(undone)]


def in_transaction(*steps):
    with transaction():
        for step in steps:
            step()


with engine.harness(room, lambda _: None), engine.results_in(root / "results"):
    a, b = (lambda: make("a")), (lambda: make("b"))
    attempt("later failure", lambda: in_transaction(a, b, fail))
    attempt("no transaction", lambda: [make("a"), fail()])
    attempt("swallowed", swallow)
    attempt("broken undo", lambda: in_transaction(spoil, fail))
    attempt("inside", lambda: night(1))
    attempt("after inside", lambda: prepare(1))
    attempt("before", lambda: careful_night(2))
    attempt("after before", lambda: prepare(2))

client = MlflowClient(uri, registry_uri=uri)
client.create_registered_model("churn")
versions = [int(client.create_model_version("churn", str(root)).version) for _ in range(2)]
client.set_registered_model_alias("churn", "champion", "2")
client.delete_model_version("churn", "2")
found["aliases"] = dict(client.get_registered_model("churn").aliases)
found["next version"] = int(client.create_model_version("churn", str(root)).version)
room.close()
print("FOUND" + json.dumps(found))
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    root: Path = tmp_path_factory.mktemp("facts")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FACTS, str(root)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "FOUND" in done.stdout, done.stderr[-3000:]
    return json.loads(done.stdout.rpartition("FOUND")[2])


def test_later_failure_undoes_in_reverse_but_not_itself(found: dict[str, Any]) -> None:
    assert found["later failure"] == ["ValueError: refused", ["b", "a"]]


def test_nothing_is_undone_without_a_transaction(found: dict[str, Any]) -> None:
    assert found["no transaction"] == ["ValueError: refused", []]


def test_swallowed_failure_undoes_and_goes_on(found: dict[str, Any]) -> None:
    assert found["swallowed"] == ["went on", ["swallowed"]]


def test_broken_undo_hides_no_error(found: dict[str, Any]) -> None:
    assert found["broken undo"] == ["ValueError: refused", []]


@pytest.mark.parametrize(("where", "ends"), [("inside", "Completed"), ("before", "Cached")])
def test_failed_transaction_keeps_no_cached_result(
    found: dict[str, Any], where: str, ends: str
) -> None:
    assert found[where][0] == "ValueError: late"
    assert found[f"after {where}"][0] == ends


def test_alias_goes_with_its_version(found: dict[str, Any]) -> None:
    assert found["aliases"] == {}


def test_number_of_a_deleted_version_is_not_used_again(found: dict[str, Any]) -> None:
    assert found["next version"] == 3

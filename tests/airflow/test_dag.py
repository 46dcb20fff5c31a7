"""The DAG of lesson 16 on a real Airflow: by default yours, with `--solutions reference` ours."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

import pytest

from dojo.catalog.kata import find_kata, load_catalog
from dojo.catalog.solutions import Solutions
from dojo.engines.airflow.engine import DagRun, run_dags
from dojo.ground.paths import PACKAGE_ROOT
from dojo.running.session import asked_solutions

CUSTOMERS = PACKAGE_ROOT / "reference" / "data" / "customers.csv"
DAGS = """
import importlib.util
import os
from pathlib import Path

spec = importlib.util.spec_from_file_location("xcom", {file!r})
xcom = importlib.util.module_from_spec(spec)
spec.loader.exec_module(xcom)
engineer_features = xcom.engineer_features
target = {folder!r} + "/calls.csv"


def makes_a_dag(name, engineer_features):
    xcom.engineer_features = engineer_features
    engineer_features.__name__ = "engineer_features"
    dag = xcom.make_dag({customers!r}, {folder!r} + "/work", target, at_most=5, retry_delay_s=0)
    dag.dag_id = name
    return dag


def fails_once(customers: dict) -> dict:
    features = engineer_features(customers)
    if not os.path.exists({folder!r} + "/failed"):
        Path({folder!r}, "failed").touch()
        raise RuntimeError("lost the connection after the work was done")
    return features


def fails(customers: dict) -> dict:
    engineer_features(customers)
    raise RuntimeError("never works")


tried_twice = makes_a_dag("tried_twice", fails_once)
broken = makes_a_dag("broken", fails)
"""


class Nights(NamedTuple):
    runs: dict[str, DagRun]
    folder: Path


@pytest.fixture(scope="module")
def nights(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Nights:
    kata = find_kata(load_catalog(PACKAGE_ROOT), "xcom")
    file = Solutions(asked_solutions(request.config)).file_of(kata)
    folder = tmp_path_factory.mktemp("nights")
    text = DAGS.format(file=str(file), folder=str(folder), customers=str(CUSTOMERS))
    return Nights(run_dags(text, tmp_path_factory.mktemp("airflow")), folder)


def test_good_night_ends_with_the_list_and_no_other_file(nights: Nights) -> None:
    run = nights.runs["tried_twice"]
    assert run.states == {
        "extract_customers": "success",
        "engineer_features": "success",
        "choose_customers": "success",
        "write_call_list": "success",
        "clean_up": "success",
    }
    assert run.state == "success"
    with (nights.folder / "calls.csv").open(newline="") as file:
        assert len(list(csv.DictReader(file))) == 5
    assert list((nights.folder / "work").rglob("*")) == []


def test_retry_finds_the_work_done_and_does_it_again(nights: Nights) -> None:
    run = nights.runs["tried_twice"]
    assert {name: task.tries for name, task in run.tasks.items()} == {
        **dict.fromkeys(run.tasks, 1),
        "engineer_features": 2,
    }
    assert run.tasks["clean_up"].xcom == 2


def test_xcom_holds_references_only(nights: Nights) -> None:
    values = {name: task.xcom for name, task in nights.runs["tried_twice"].tasks.items()}
    assert all(len(str(value)) < 1000 for value in values.values())
    assert values["extract_customers"]["rows"] == 400
    assert values["write_call_list"] == {"path": str(nights.folder / "calls.csv"), "rows": 5}


def test_failed_night_is_cleaned_up_and_still_failed(nights: Nights) -> None:
    run = nights.runs["broken"]
    assert run.state == "failed"
    assert run.tasks["engineer_features"].tries == 3
    assert run.states["write_call_list"] == "upstream_failed"
    assert run.states["clean_up"] == "success"
    assert run.tasks["clean_up"].xcom == 2
    assert list((nights.folder / "work").rglob("*")) == []

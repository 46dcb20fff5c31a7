"""What MLflow really does with runs, signatures and clients: what katas 07 and 08 tell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.facts.asking import ask, example_of

pytest.importorskip("mlflow")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tracking").resolve()


@pytest.fixture(scope="module")
def found(folder: Path) -> dict[str, Any]:
    (folder / "worker").mkdir()
    shown = example_of("07")
    assert shown.count("/srv/prices") == 2
    example = f"import os\nos.chdir({str(folder / 'worker')!r})\n{shown}"
    example = example.replace("/srv/prices", str(folder))
    (folder / "example_07.py").write_text(example, encoding="utf-8")
    (folder / "example_08.py").write_text(example_of("08"), encoding="utf-8")
    return ask("tracking.py", folder)


def test_example_logs_a_model_that_loads(found: dict[str, Any], folder: Path) -> None:
    assert found["example 07"] == {
        "params": {"alpha": "0.5"},
        "status": "FINISHED",
        "artifacts": f"file://{folder}/models",
        "uri": "models:/m",
        "model's run": True,
        "types": ["double"],
        "predicted": 1,
        "by its run": 1,
        "working directory": [],
    }


def test_signature_of_doubles_refuses_most_whole_numbers(found: dict[str, Any]) -> None:
    assert (found["zeros and ones"], found["whole numbers of 32 bits"]) == (3, 3)
    assert "enforce schema" in found["whole numbers of 64 bits"]


def test_search_finds_failed_runs_too(found: dict[str, Any]) -> None:
    assert found["searched"] == ["FAILED", "FINISHED"]


def test_run_without_a_block_stays_open_and_is_finished_at_the_end(found: dict[str, Any]) -> None:
    assert found["after Ctrl-C"] == ["RUNNING", "FINISHED"]


def test_example_asks_the_registry_that_it_was_told(found: dict[str, Any]) -> None:
    assert found["example 08"] == [None, "ValueError: version 2 was checked by nobody"]
    assert found["approved"] == {"approved": 1}


@pytest.mark.parametrize("name", ["download", "load", "register"])
def test_functions_of_mlflow_ask_the_default_store(found: dict[str, Any], name: str) -> None:
    assert "not found" in found[f"{name} by default"]
    assert found["download where it is"] is True

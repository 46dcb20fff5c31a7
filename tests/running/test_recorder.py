"""The recorder makes one verdict of the reports of one run of one test, whoever sends them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from dojo.catalog.kata import find_kata, load_catalog
from dojo.running.recorder import Recorder
from dojo.running.session import KataRun


def reports(worker: str, name: str, message: str) -> list[pytest.TestReport]:
    """Return the reports of a red test as xdist's controller gets them from one worker."""
    made = []
    for when in ("setup", "call", "teardown"):
        report = pytest.TestReport(
            name,
            (name, 0, "test"),
            {},
            "failed" if when == "call" else "passed",
            None,
            cast("Any", when),
        )
        said = {
            "cause": "assertion" if when == "call" else "passed",
            "message": message,
            "ending": None,
        }
        vars(report).update(
            worker_id=worker, dojo=said if when == "call" else {**said, "message": ""}
        )
        made.append(report)
    return made


def test_two_workers_that_run_the_same_test_side_by_side_are_told_apart() -> None:
    root = Path(__file__).parents[2]
    kata = find_kata(load_catalog(root), "02")
    run = SimpleNamespace(
        katas=[kata],
        solutions=SimpleNamespace(spec="reference"),
        config=SimpleNamespace(rootpath=root, getoption=lambda *_: None),
        kata_of_test_file={kata.test_file: kata}.get,
    )
    recorder = Recorder(cast("KataRun", run), None)
    name = f"{kata.test_file.relative_to(root)}::test_x"

    for pair in zip(reports("gw0", name, "first"), reports("gw1", name, "second"), strict=True):
        for report in pair:
            recorder.pytest_runtest_logreport(report)

    (verdict,) = recorder.verdicts()
    assert [(one.cause, one.message) for one in verdict.tests] == [
        ("assertion", "first"),
        ("assertion", "second"),
    ]

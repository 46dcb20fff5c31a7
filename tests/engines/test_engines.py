"""A solution may be run by an engine that its kata does not need: what it imports is started."""

from __future__ import annotations

import time

import pytest

import dojo.engines
from dojo.catalog.kata import Kata, find_kata, load_catalog
from dojo.engines import for_solution
from dojo.ground.paths import find_root


@pytest.fixture(scope="module")
def tracking() -> Kata:
    return find_kata(load_catalog(find_root()), "07")


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("import prefect", ["prefect"]),
        ("from prefect import flow", ["prefect"]),
        ("def f():\n    from prefect.task_runners import ThreadPoolTaskRunner", ["prefect"]),
        ("import dagster as dg\nimport prefect", ["dagster", "prefect"]),
        ("import mlflow", []),
        ("import prefect_aws", []),
        ("# import prefect", []),
        ('"""Not that of prefect."""', []),
        ("", []),
        ("\xff\xfe import", []),
    ],
)
def test_engine_that_a_solution_imports_is_needed(
    tracking: Kata, text: str, more: list[str]
) -> None:
    assert for_solution(tracking, text.encode("latin-1")).needs == [*tracking.needs, *more]


@pytest.mark.parametrize("blank", [b"\n", b" ", b"\r", b"import\n", b"from\n", b"\n import \n"])
def test_file_of_empty_lines_costs_no_time(tracking: Kata, blank: bytes) -> None:
    """It is read by the command that grades a class, which answers nobody meanwhile."""
    content = blank * ((1 << 20) // len(blank)) + b"x = 1\n"
    started = time.monotonic()

    assert for_solution(tracking, content) is tracking
    assert time.monotonic() - started < 5


def test_engine_that_is_not_installed_is_not_started(
    tracking: Kata, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dojo.engines, "find_spec", lambda _: None)

    assert for_solution(tracking, b"import prefect") is tracking

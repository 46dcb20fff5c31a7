"""What Dagster really asks for by itself: what katas 10, 11 and 15 tell of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.facts.asking import ask, example_of

pytest.importorskip("dagster")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder: Path = tmp_path_factory.mktemp("automations")
    (folder / "example_15.py").write_text(example_of("15"), encoding="utf-8")
    return ask("automations.py", folder)


@pytest.mark.parametrize(
    ("evaluation", "asked"),
    [
        ("eager, first, all missing", 0),
        ("eager, upstream made", 1),
        ("eager, new version", 0),
        ("both, first", 0),
        ("both, new version", 1),
        ("both, its run has failed", [0, 0]),
        ("both, old version again", 1),
        ("both, first with another version", 0),
    ],
)
def test_conditions_ask_when_they_see_a_change(
    found: dict[str, Any], evaluation: str, asked: object
) -> None:
    assert found["conditions"][evaluation] == asked


@pytest.mark.parametrize(
    "name", ["schedule", "sensor", "failure sensor", "default_automation_condition_sensor"]
)
def test_all_that_runs_by_itself_is_deployed_as_stopped(found: dict[str, Any], name: str) -> None:
    assert found["deployed as"][name] == "STOPPED"


def test_error_of_a_step_is_wrapped(found: dict[str, Any]) -> None:
    ((job, message, errors),) = found["told"]
    assert (job, "Steps failed: ['fails']" in message) == ("importing", True)
    assert errors == ["DagsterExecutionStepExecutionError", "ValueError", "ConnectionError"]


def test_example_asks_once_for_each_number(found: dict[str, Any]) -> None:
    assert found["example sensor"] == [[["7"], None, "7"], [[], "no new reading", "7"]]
    assert found["example schedule"] == ["2026-03"]


def test_scheduled_moment_is_in_utc(found: dict[str, Any]) -> None:
    assert found["zone of the moment"] == "0:00:00"
    assert found["without a zone"] == ["10 04:00 +0100"]


def test_half_past_two_is_at_three_and_the_second_time(found: dict[str, Any]) -> None:
    assert found["half past two"] == [["29 03:00 +0200"], ["25 02:30 +0100"]]


def test_day_of_25_hours(found: dict[str, Any]) -> None:
    at_three, at_night = found["a day before"]
    assert at_three == ["2026-10-24", "2026-10-24"]
    assert at_night == ["2026-10-25", "2026-10-24"]

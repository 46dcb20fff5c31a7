"""What Dagster and SQLite really do when days are made again: what kata 20 tells of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.facts.asking import ask, example_of

pytest.importorskip("dagster")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder: Path = tmp_path_factory.mktemp("backfills")
    (folder / "example_20.py").write_text(example_of("20"), encoding="utf-8")
    return ask("backfills.py", folder)


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-28", 24), ("2026-03-29", 23), ("2026-10-25", 25)]
)
def test_window_of_a_day_is_subtracted_by_the_clock_on_the_wall(
    found: dict[str, Any], day: str, hours: int
) -> None:
    assert found["hours"][day] == [24, hours]


def test_single_run_has_no_partition_key_and_fails_as_a_whole(found: dict[str, Any]) -> None:
    asked = [["2026-03-01", "2026-03-02", "2026-03-03"]]
    assert found["all in one"] == [asked, False, 0]
    assert "partition_key" in found["its error"]


def test_runs_come_newest_first_and_a_tag_is_compared_whole(found: dict[str, Any]) -> None:
    assert found["all runs"] == ["4", "3", "2", "1"]
    assert found["of a tag"] == ["3", "1"]


def test_three_states_are_finished(found: dict[str, Any]) -> None:
    assert {name for name, over in found["finished"].items() if over} == {
        "SUCCESS",
        "FAILURE",
        "CANCELED",
    }
    assert {"QUEUED", "CANCELING"} <= set(found["finished"])


def test_run_key_of_a_failed_run_holds_for_its_sensor(found: dict[str, Any]) -> None:
    assert found["skipped"] == {"backfill": True, "another": False}


def test_runs_of_dagsters_own_backfills_can_be_limited(found: dict[str, Any]) -> None:
    assert found["limits"] == [{"key": "dagster/backfill", "limit": 3}]


def test_transaction_begins_at_the_first_change(found: dict[str, Any]) -> None:
    assert found["in a transaction"] == [False, True]


def test_example_finds_its_runs_again(found: dict[str, Any]) -> None:
    assert found["example"] == [
        "2025-03-01 DagsterRunStatus.SUCCESS True",
        "2025-10-01 DagsterRunStatus.SUCCESS True",
    ]

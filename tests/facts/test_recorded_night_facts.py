"""What Prefect really records of a night, as kata 17 says; and that its nights are like that."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from dojo.ground.paths import PACKAGE_ROOT as ROOT
from dojo.world.draw.recorded import drawn_night
from tests.facts.asking import ask

pytest.importorskip("prefect")

FAMILIES = [
    "retry_healed",
    "code_in_training",
    "stale_features_unseen",
    "crashed_when_done",
    "lost",
]
POOLS = [ROOT / room / "17_failed_night" / "nights.jsonl" for room in ("katas", "reference")]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return ask("nights.py", tmp_path_factory.mktemp("nights"))


def kept(path: Path) -> dict[str, Any]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return {night["family"]: night for night in map(json.loads, lines)}


def shape(night: dict[str, Any]) -> Any:
    """Return all of a night but moments and what was drawn: keys, states, links, tags, results."""
    return [
        sorted(night),
        [
            (
                run["id"],
                sorted(run),
                [(kind, name, message) for kind, name, _, message in run["states"]],
                [
                    (
                        task["id"],
                        task["tags"],
                        task["upstream"],
                        task["result"],
                        [(kind, name, message) for kind, name, _, message in task["states"]],
                    )
                    for task in run["tasks"]
                ],
            )
            for run in night["runs"]
        ],
        [(one["task"], one["status"], one["columns"]) for one in night["requests"]],
    ]


def states(night: dict[str, Any], task: str) -> list[list[str]]:
    tasks = {one["id"]: one for run in night["runs"] for one in run["tasks"]}
    return [one[:2] for one in tasks[task]["states"]]


@pytest.mark.parametrize("family", FAMILIES)
def test_kept_nights_are_what_real_runs_record_today(found: dict[str, Any], family: str) -> None:
    assert shape(found[family]) == shape(kept(POOLS[0])[family])


def test_names_of_states_are_not_their_types(found: dict[str, Any]) -> None:
    assert states(found["retry_healed"], "r1.F")[2:] == [
        ["SCHEDULED", "AwaitingRetry"],
        ["RUNNING", "Retrying"],
        ["COMPLETED", "Completed"],
    ]
    assert states(found["stale_features_unseen"], "r1.E")[-1] == ["COMPLETED", "Cached"]
    assert states(found["code_in_training"], "r1.S") == [
        ["PENDING", "Pending"],
        ["PENDING", "NotReady"],
    ]


def test_task_that_allows_a_failure_is_linked_to_it(found: dict[str, Any]) -> None:
    (choice,) = [one for one in found["code_in_training"]["runs"][1]["tasks"] if ".C" in one["id"]]

    assert choice["upstream"] == ["r1.A", "r1.B"]
    assert choice["states"][-1][:2] == ["FAILED", "Failed"]


def test_process_that_is_killed_leaves_its_run_running(found: dict[str, Any]) -> None:
    assert found["lost"]["runs"][1]["states"][-1][:2] == ["RUNNING", "Running"]
    assert states(found["lost"], "r1.C")[-1] == ["RUNNING", "Running"]


def test_crashed_can_be_set_after_completed(found: dict[str, Any]) -> None:
    run = found["crashed_when_done"]["runs"][1]

    assert [name for _, name, _, _ in run["states"]][-2:] == ["Completed", "Crashed"]


def test_cached_result_has_the_key_of_the_one_that_made_it(found: dict[str, Any]) -> None:
    results = [
        one["result"]
        for run in found["stale_features_unseen"]["runs"]
        for one in run["tasks"]
        if one["id"].endswith(".E")
    ]

    assert len(results) == 2
    assert len(set(results)) == 1


def test_both_pools_have_the_same_families_and_no_night_in_common() -> None:
    tests, examination = map(kept, POOLS)

    assert list(tests) == list(examination)
    assert all(tests[name]["runs"] != examination[name]["runs"] for name in tests)


@pytest.mark.parametrize("path", POOLS, ids=lambda path: path.parts[-3])
def test_drawn_night_is_another_one_each_time(path: Path) -> None:
    for night in kept(path).values():
        one, other = (drawn_night(night, random.Random(seed)) for seed in (1, 2))

        assert one == drawn_night(night, random.Random(1))
        assert one.night != other.night
        assert {run["id"] for run in one.night["runs"]} == one.first.keys()

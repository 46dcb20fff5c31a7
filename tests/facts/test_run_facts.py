"""What Prefect really does with runs, threads and parameters: what katas 01, 04, 05 and 06 tell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.facts.asking import ask, example_of

pytest.importorskip("prefect")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder: Path = tmp_path_factory.mktemp("runs")
    for kata in ("01", "04", "05", "06"):
        example = example_of(kata).split("\n\n\nmake_report(3)")[0]
        if kata == "05":
            example = example.replace("...  # the", "return annotated(month)  # the")
            example = (
                f"from prefect import task\n\nannotated = task(lambda month: 'done')\n{example}"
            )
        (folder / f"example_{kata}.py").write_text(example, encoding="utf-8")
    return ask("runs.py", folder)


def logged(found: dict[str, Any], name: str, text: str) -> bool:
    return text in found[name]["logs"]


def test_bare_function_leaves_no_task_run(found: dict[str, Any]) -> None:
    assert (found["bare"]["value"], found["bare"]["tasks"]) == (1, [])


def test_tasks_inherit_log_prints_unless_built_by_hand(found: dict[str, Any]) -> None:
    assert not logged(found, "quiet", "printed 1")
    assert logged(found, "loud", "printed 1")
    assert not logged(found, "loud", "printed 2")


@pytest.mark.parametrize("name", ["looked_away", "nobody_asks"])
def test_failure_that_nobody_looks_at_is_a_completed_flow(found: dict[str, Any], name: str) -> None:
    assert found[name]["value"] == "went on"
    assert set(found[name]["tasks"]) == {"TimedOut"}
    assert found[name]["flows"] == ["Completed"]


def test_flow_that_returns_a_future_gives_a_state(found: dict[str, Any]) -> None:
    assert found["returns_a_future"]["value"].startswith("Completed(")


def test_future_that_alone_is_resolved_hides_the_error(found: dict[str, Any]) -> None:
    assert found["last_alone"]["value"].startswith("UnfinishedRun: ")


def test_state_tells_a_slow_task_from_one_that_raised_a_time_out(found: dict[str, Any]) -> None:
    assert found["told_apart"]["value"] == "TimedOut"
    assert found["silent_for_long"]["value"] in ("Pending", "Running")


def test_as_completed_begins_with_the_quickest(found: dict[str, Any]) -> None:
    assert found["quickest_first"]["value"] == "second"


def test_runner_cancels_what_has_not_begun_and_is_entered_once(found: dict[str, Any]) -> None:
    assert found["left_early"]["value"] == [False, True]
    assert found["entered_twice"]["value"].startswith("RuntimeError: ")
    assert found["bound"] is True


def test_thread_pool_loses_the_flow(found: dict[str, Any]) -> None:
    assert found["threads_of_its_own"]["of a flow"] == [False]


@pytest.mark.parametrize("name", ["in_turn", "children_in_turn"])
def test_gather_of_what_never_waits_takes_turns(found: dict[str, Any], name: str) -> None:
    assert found[name]["value"] == ["in", "out", "in", "out"]


@pytest.mark.parametrize(
    ("how", "parents"),
    [
        ("thread", [None, None]),
        ("context", [None, "parent"]),
        ("mapped", [None, "parent", "parent"]),
        ("function", [None]),
    ],
)
def test_who_keeps_the_link_to_the_parent(
    found: dict[str, Any], how: str, parents: list[str | None]
) -> None:
    assert found[how]["parents"] == parents
    assert found["flows have"] == [False, False]


def test_parent_is_completed_over_a_failed_child(found: dict[str, Any]) -> None:
    assert found["swallowed"]["flows"] == ["Completed", "TimedOut"]


@pytest.mark.parametrize(
    ("call", "value"),
    [
        ("annotations of a task", "<class 'str'>"),
        ("whole '3'", "3"),
        ("whole -1", "-1"),
        ("whole True", "1"),
        ("unannotated", "'20'"),
        ("unchecked", "'20'"),
        ("unknown key within", True),
    ],
)
def test_what_a_parameter_becomes(found: dict[str, Any], call: str, value: object) -> None:
    assert found[call]["value"] == value


@pytest.mark.parametrize(
    ("call", "error", "flows"),
    [
        ("whole 7.5", "ParameterTypeError", ["Failed"]),
        ("unknown key", "ParameterTypeError", ["Failed"]),
        ("unknown name", "ParameterBindError", []),
    ],
)
def test_what_is_refused(found: dict[str, Any], call: str, error: str, flows: list[str]) -> None:
    assert found[call]["value"].startswith(f"{error}: ")
    assert found[call]["flows"] == flows


def test_examples_do_what_their_pages_say(found: dict[str, Any]) -> None:
    assert found["example 01"]["tasks"] == ["Completed", "Completed"]
    assert logged(found, "example 01", "2 readings")
    assert (found["example 04"]["value"], found["chosen"]["value"]) == (4, 2)
    assert found["example 04, missing"]["flows"] == ["Failed"]
    assert found["example 05, 3"]["name"] == found["example 05, '3'"]["name"] == "report-FR-3"
    assert found["example 05, 3"]["parameters"] == {"month": 3, "country": "FR"}
    assert found["example 05, 3"]["tags"] == [[[]], [["country:FR"]]]
    assert found["example 05, 13"]["value"].startswith("ParameterTypeError: ")
    assert found["example 05, 13"]["flows"] == ["Failed"]
    assert found["example 06"]["parents"] == [None, "yearly-report", None, "daily-alert"]

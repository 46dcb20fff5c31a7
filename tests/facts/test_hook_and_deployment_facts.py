"""What Prefect and HTTP libraries do when a run is told of or deployed: katas 09 to 12, and 20."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.facts.asking import ask, example_of

pytest.importorskip("prefect")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder: Path = tmp_path_factory.mktemp("hooks")
    for kata in ("09", "10", "11", "12"):
        (folder / f"example_{kata}.py").write_text(example_of(kata), encoding="utf-8")
    return ask("hooks_and_deployments.py", folder)


def test_hook_takes_three_and_what_it_raises_is_logged(found: dict[str, Any]) -> None:
    called, logged = found["failed"]
    assert called == ["failure"]  # that of the task knows nothing of it
    assert [text for text in logged if "1 positional argument but 3 were given" in text]


def test_crash_has_hooks_of_its_own(found: dict[str, Any]) -> None:
    assert found["crashed"][0] == ["crash"]


def test_hooks_are_a_list(found: dict[str, Any]) -> None:
    assert found["hook in no list"].startswith("TypeError: ")


@pytest.mark.parametrize(
    ("parameters", "answer"),
    [("text for a number", "DeploymentApplyError"), ("unknown", "taken"), ("missing", "taken")],
)
def test_server_checks_types_only(found: dict[str, Any], parameters: str, answer: str) -> None:
    assert found["parameters"][parameters] == answer


def test_run_of_a_deployment_has_no_defaults(found: dict[str, Any]) -> None:
    assert found["of a run"] == {"path": "x"}


def test_idempotency_key_makes_one_run(found: dict[str, Any]) -> None:
    first, other = [0, "2", "Scheduled"], [1, "1", "Scheduled"]
    assert found["asked again"] == [first, other, first]


def test_hook_on_commit_that_raises_changes_nothing(found: dict[str, Any]) -> None:
    assert found["commit"] == "went on"


def test_key_that_is_too_long_for_a_file_rolls_back(found: dict[str, Any]) -> None:
    assert found["long key"] == [1, "Pending", "Running", "Completed", "RolledBack"]


def test_example_of_a_transaction_is_undone_in_one_only(found: dict[str, Any]) -> None:
    error, cancelled = found["example 09"]
    assert error.startswith("ZeroDivisionError: ")
    assert cancelled == [7]
    assert found["example 09, alone"] == [7, [7]]  # committed at once: not cancelled again


def test_example_of_a_report_is_logged(found: dict[str, Any]) -> None:
    assert found["example 12"] == [1, "1 articles are missing"]


def test_example_of_a_hook_hears_of_a_time_out(found: dict[str, Any]) -> None:
    assert found["example 11"][1] == "TimedOut"


def test_example_of_a_deployment_is_data_only(found: dict[str, Any]) -> None:
    assert found["example 10"] == {
        "zone": "America/Montreal",
        "computes": False,
        "same fields": True,
        "server computes": True,
        "parameters": {"site": "Laval"},
    }


def test_cron_has_no_zone_and_an_interval_begins_now(found: dict[str, Any]) -> None:
    assert found["schedules"] == [None, True]


def test_limits_of_a_deployment_and_of_a_process(found: dict[str, Any]) -> None:
    assert found["limits"] == [True, True]
    assert found["limit of a process"] == [True, True]
    assert found["too many"] == "ENQUEUE"


@pytest.mark.parametrize("client", ["requests", "urllib"])
def test_redirected_message_is_lost(found: dict[str, Any], client: str) -> None:
    assert found["redirected"][client] == [[["POST", "/secret"], ["GET", "/there"]], "content"]
    assert found["redirected"]["not followed"] == [[["POST", "/secret"]], "content"]


def test_blocks_say_nothing_unless_told_and_follow_unless_told(found: dict[str, Any]) -> None:
    blocks = found["blocks"]
    assert blocks["slack refuses"] == [["POST"], None]
    assert blocks["slack refuses, told to raise"][1].startswith("NotificationError: ")
    assert blocks["slack has moved"] == blocks["discord has moved"] == [["POST", "GET"], None]
    assert blocks["slack has moved, stays"] == [["POST"], None]


def test_libraries_tell_the_address(found: dict[str, Any]) -> None:
    assert found["redirected"]["address quoted"] is True
    ((level, text),) = found["httpx"]
    assert level == "INFO"
    assert "https://hooks.example/secret" in text


def test_results_are_pickled_unless_told(found: dict[str, Any]) -> None:
    assert found["serializer"] == "pickle"

"""What Prefect on Dask really does when a worker dies, and what travels: what kata 19 tells."""

from __future__ import annotations

from typing import Any

import pytest

from tests.facts.asking import ask

pytest.importorskip("prefect_dask")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return ask("on_workers.py", tmp_path_factory.mktemp("workers"))


def test_table_that_a_task_looks_into_travels_with_each(found: dict[str, Any]) -> None:
    assert found["plain"]["received"] < 200_000
    assert found["table"]["received"] > 2_000_000


def test_parameters_of_the_flow_travel_with_each_task(found: dict[str, Any]) -> None:
    assert found["parameter"]["value"] == [0, 1]
    assert found["parameter"]["received"] > 2_000_000


def test_task_run_that_is_run_again_has_its_id_and_no_second_try(found: dict[str, Any]) -> None:
    first, second = found["once"]["journal"]

    assert found["once"]["value"] == [7]
    assert first == second == [7, first[1], 1]


def test_workers_may_die_of_a_task_three_times_and_once_more(found: dict[str, Any]) -> None:
    assert found["allowed failures"] == 3
    assert len(found["always"]["journal"]) == 4


def test_task_whose_workers_died_has_an_error_of_dasks_and_no_state(found: dict[str, Any]) -> None:
    waited, result, state = found["always"]["value"]

    assert waited == "wait is over"
    assert result.startswith("KilledWorker: ")
    assert "workers died" in result
    assert state not in ("Completed", "Failed", "Crashed")


def test_what_waits_on_a_worker_counts_as_if_it_had_killed_it(found: dict[str, Any]) -> None:
    assert found["beside"]["value"] == ["KilledWorker", "KilledWorker"]
    assert [line[0] for line in found["beside"]["journal"]] == [1]


def test_open_client_gets_the_work_whatever_the_address(found: dict[str, Any]) -> None:
    assert found["open client"]["value"] == [[3], 1]


def test_what_is_done_runs_again_if_its_worker_dies_while_it_is_held(found: dict[str, Any]) -> None:
    value, ran = found["held"]["value"]

    assert value == [0, 1]
    assert sorted(ran.values()) == [1, 2]
    assert found["held"]["states"].count(["Pending", "Running", "Completed"]) == 3


def test_what_was_let_go_of_does_not_run_again(found: dict[str, Any]) -> None:
    assert found["released"]["value"] == [[0, 1], {"0": 1, "1": 1}]

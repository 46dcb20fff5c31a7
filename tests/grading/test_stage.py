"""Nothing that a scenario noted is lost, and the reference's failures are the grader's own."""

from __future__ import annotations

import contextlib
import random
import sqlite3
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from dojo.catalog.kata import find_kata, load_catalog
from dojo.exam import examiner
from dojo.exam.marks import MOST_REPLAY
from dojo.exam.outside_api import Request
from dojo.exam.stage import Desk
from dojo.replay.story import Story
from dojo.sandbox.client import GuardFault
from dojo.wire.replies import Engine, Raised, Returned

KATA = find_kata(load_catalog(Path(__file__).parents[2]), "02")


def desk_of(*replies: Any) -> Desk:
    """Return a desk whose submission gives these replies, one a call."""
    told = iter(replies)
    host: Any = SimpleNamespace(api=None)
    held: Any = SimpleNamespace(load=lambda *_: None, ask=lambda *_: next(told), end=lambda: None)
    sandbox: Any = SimpleNamespace(port=1, folder=Path())
    return Desk(sandbox, host, held, random.Random(1))


def raised(kind: str = "KeyError") -> Raised:
    return Raised(raised=kind, text="'rows'", where="", kinds=[kind, "LookupError"])


def play(desk: Desk, scenario: Any) -> None:
    examiner._have_reference_play(KATA, "a_night", scenario, desk)


def test_second_note_under_a_name_is_an_error_not_a_loss() -> None:
    def scenario(desk: Desk) -> None:
        for _ in range(2):
            desk.note_outcome("returned", desk.call("load"))

    with pytest.raises(GuardFault, match="'returned' is noted twice"):
        play(desk_of(Returned(returned=1, handle=0), Returned(returned=2, handle=1)), scenario)


def test_laws_may_be_told_with_each_call() -> None:
    desk = desk_of(
        Returned(returned=1, handle=0, laws=["b"]), Returned(returned=1, handle=1, laws=["b", "a"])
    )

    desk.call("load")
    desk.call("load")

    assert desk.evidence == {"laws": ["a", "b"]}


def test_driver_that_raises_on_the_reference_is_no_evidence() -> None:
    def scenario(desk: Desk) -> None:
        desk.note("rows", desk.run_with("night").returned)

    with pytest.raises(GuardFault, match=r"a_night.*KeyError: 'rows'"):
        play(desk_of(raised()), scenario)


def test_failure_that_a_scenario_asks_for_is_evidence() -> None:
    def scenario(desk: Desk) -> None:
        desk.note_failure("the night", desk.run_with("night"), "rows", kind="LookupError")

    desk = desk_of(raised())
    play(desk, scenario)

    assert desk.evidence == {
        "the night": {"raised": True, "names rows": True, "is a LookupError": True}
    }


def test_failure_of_another_kind_is_told_apart() -> None:
    desk = desk_of(raised("OSError"))

    desk.note_failure("the night", desk.run_with("night"), kind="ValueError")

    assert desk.evidence["the night"] == {"raised": True, "is a ValueError": False}


def desk_with(databases: dict[str, str], folder: Path) -> Desk:
    """Return a desk whose submission has left databases, which these scripts make."""
    room = folder / "room"

    def read(path: str) -> bytes | None:
        left = room / path
        return left.read_bytes() if left.exists() else None

    sandbox: Any = SimpleNamespace(port=1, folder=room, outside=folder, read=read)
    held: Any = SimpleNamespace(end=lambda: None)
    desk = Desk(sandbox, SimpleNamespace(api=None), held, random.Random(1))  # type: ignore[arg-type]
    desk.folder.mkdir(parents=True)
    for name, script in databases.items():
        with contextlib.closing(sqlite3.connect(desk.folder / name)) as database:
            database.executescript(script)
    return desk


_EVENTS = "CREATE TABLE event_logs (id, event); INSERT INTO event_logs VALUES (1, {!r});"
_STEP = (
    '{"run_id": "1", "timestamp": 1000000000.0, "dagster_event": {"pipeline_name": "nightly",'
    ' "step_key": "customers", "event_type_value": "STEP_START", "event_specific_data": null}}'
)


def test_replay_has_what_lies_in_the_databases_that_were_opened(tmp_path: Path) -> None:
    desk = desk_with({name: _EVENTS.format(_STEP) for name in ("a.db", "b.db")}, tmp_path)
    assert desk.replay("a_night") == ""

    with desk.database(desk.folder / "a.db"):
        pass
    story = Story.model_validate_json(desk.replay("a_night"))

    assert [run.name for run in story.runs] == ["customers"]


@pytest.mark.parametrize(
    "script",
    [
        "CREATE TABLE event_logs (event)",
        _EVENTS.format("[]"),
        _EVENTS.format(_STEP.replace("1000000000.0", "NaN")),
        _EVENTS.format(_STEP.replace("1000000000.0", '"late"')),
        _EVENTS.format(_STEP.replace('"customers"', '{"a": 1}')),
        _EVENTS.format(_STEP.replace("STEP_START", "STEP_FAILURE")),
        _EVENTS.format("[" * 100_000),
        "CREATE TABLE model_versions (name, version, current_stage);"
        "INSERT INTO model_versions VALUES (x'ff', 'x', 1)",
        "CREATE VIEW model_versions AS SELECT 1 AS name, 2 AS version, 3 AS current_stage",
        "CREATE TABLE event_logs (id, event); WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x"
        f" + 1 FROM n LIMIT 20000) INSERT INTO event_logs SELECT x, replace('{_STEP}', 'cust', x)"
        " FROM n",
    ],
)
def test_whatever_lies_in_a_database_is_a_small_replay_or_none(script: str, tmp_path: Path) -> None:
    desk = desk_with({"a.db": script}, tmp_path)
    with contextlib.suppress(sqlite3.Error), desk.database(desk.folder / "a.db"):
        pass
    line = desk.replay("a_night")

    assert len(line) <= MOST_REPLAY
    assert not line or Story.model_validate_json(line)


@pytest.mark.parametrize(
    "named",
    [
        lambda desk: desk.folder / "runs.db",
        lambda desk: str(desk.folder / "runs.db"),
        lambda desk: f"work/{desk.folder.name}/runs.db",
    ],
    ids=["path", "its_text", "below_the_sandbox"],
)
def test_what_was_left_is_named_by_the_folder_of_the_desk(named: Any, tmp_path: Path) -> None:
    room = tmp_path / "room"
    asked: list[str] = []

    def read(path: str) -> bytes | None:
        asked.append(path)
        left = room / path
        return left.read_bytes() if left.exists() else None

    sandbox: Any = SimpleNamespace(port=1, folder=room, outside=tmp_path, read=read)
    held: Any = SimpleNamespace(end=lambda: None)
    host: Any = SimpleNamespace(api=None)
    desk = Desk(sandbox, host, held, random.Random(1))
    desk.folder.mkdir(parents=True)
    with contextlib.closing(sqlite3.connect(desk.folder / "runs.db")) as database, database:
        database.execute("CREATE TABLE runs AS SELECT 7 AS id")

    with desk.database(named(desk)) as left:
        assert [tuple(row) for row in left.execute("SELECT id FROM runs")] == [(7,)]
    assert (desk.read(named(desk)) or b"")[:6] == b"SQLite"
    assert set(asked) == {f"work/{desk.folder.name}/runs.db{ending}" for ending in ("", "-wal")}


def told_run(**more: Any) -> dict[str, Any]:
    """Return what a process tells of a run that failed once, and waited a minute."""
    return {
        "id": "1",
        "function": "load",
        "name": "load-1",
        "states": ["Running", "AwaitingRetry", "Retrying", "Completed"],
        "stamps": [1e9, 1e9 + 0.1, 1e9 + 0.2, 1e9 + 0.3],
        "delays_s": [60.0],
        "tags": [],
        "flow_run_id": None,
        "upstream_ids": [],
        **more,
    }


def test_replay_is_of_what_was_asked_for() -> None:
    desk = desk_of(Engine(task_runs=[told_run()], logs=[]))
    assert desk.replay("a_night") == ""

    desk.engine()
    desk.api.requests.append(Request("/customers", 60.0, 200))
    story = Story.model_validate_json(desk.replay("a_night"))

    assert [(run.name, run.waits_s, run.ended) for run in story.runs] == [
        ("load", [60.0], "Completed")
    ]
    assert story.tables[0].rows == (("60 s", "/customers", "200"),)


@pytest.mark.slow
@pytest.mark.parametrize(
    "told",
    [
        {"stamps": [0.0, 1e11, 0.0, 0.0]},
        {"delays_s": [-1.0]},
        {"stamps": []},
        {"states": ["x" * 20_000] * 1000, "stamps": [1e9] * 1000},
        {"flow_run_id": "1", "upstream_ids": ["1", "2"]},
    ],
)
def test_whatever_a_process_tells_is_a_small_replay_or_none(told: dict[str, Any]) -> None:
    desk = desk_of(Engine(task_runs=[told_run(**told)] * 1000, logs=[]))
    desk.engine()
    line = desk.replay("a_night")

    assert len(line) <= MOST_REPLAY
    assert not line or Story.model_validate_json(line)

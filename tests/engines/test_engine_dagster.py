"""An instance of its own for each test: in memory, with free retries, away from the learner's."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from dojo.engines.dagster import engine
from dojo.ground.run_folder import Room
from dojo.world.clock import RetryClock

dg = pytest.importorskip("dagster")

# What a warm parent has, it has imported in one thread; what a first run adds is told to it.
REHEARSAL = """
import json, logging, sys, threading
from pathlib import Path

from dojo.engines.dagster import engine
from dojo.ground.run_folder import Room

def levels():
    loggers = logging.root.manager.loggerDict.items()
    return {name: one.level for name, one in loggers if isinstance(one, logging.Logger)}

room = Room()
room.furnish()
engine.isolate(room)
logging.disable(logging.CRITICAL)
with engine.running(room, print):
    threads, new, known = [], [], levels()
    for folder in map(Path, sys.argv[2:]):
        before = set(sys.modules)
        engine.rehearse(folder)
        new.append(len(set(sys.modules) - before))
        threads.append(threading.active_count())
    changed = [name for name, level in known.items() if levels()[name] != level]
home = sorted(path.name for path in room.folder("dagster").iterdir())
room.close()
Path(sys.argv[1]).write_text(json.dumps([threads, new, home, changed]))
"""


def waiting_asset(tries: list[str]) -> dg.AssetsDefinition:
    @dg.asset(retry_policy=dg.RetryPolicy(max_retries=2, delay=600))
    def waiting() -> str:
        tries.append("again")
        if len(tries) < 3:
            raise ConnectionError
        return "there"

    return waiting


@pytest.mark.slow
def test_tries_of_another_process_are_known(tmp_path: Path) -> None:
    known: list[int] = []

    @dg.asset
    def tried(context) -> None:  # Dagster refuses a text for its type
        known.append(context.retry_number)

    with engine.new_instance(tmp_path) as instance:
        with engine.tried_before(2):
            dg.materialize([tried], instance=instance)
        dg.materialize([tried], instance=instance)

    assert known == [2, 0]


def test_tables_are_marked_where_a_percent_sign_is_in_the_path_of_the_packages(
    tmp_path: Path,
) -> None:
    import dagster._core.storage.runs.in_memory as runs
    import sqlalchemy
    from alembic.config import Config
    from dagster._core.storage import sql

    folder = tmp_path / "50 % of it"
    folder.mkdir()
    ini = Path(runs.__file__).parent / "sqlite/alembic/alembic.ini"
    (folder / "alembic.ini").write_text(ini.read_text())
    config = Config(folder / "alembic.ini")
    config.set_main_option("script_location", sql.ALEMBIC_SCRIPTS_LOCATION)
    database = sqlalchemy.create_engine("sqlite://")
    mark = engine._marking("of a test", sql.stamp_alembic_rev)
    try:
        with database.connect() as connection:
            for _ in range(2):  # such a configuration is kept by Dagster, and used again
                engine._marks.pop("of a test", None)
                mark(config, connection)
                found = connection.exec_driver_sql("SELECT version_num FROM alembic_version")
                assert len(found.fetchall()) == 1
    finally:
        database.dispose()
        engine._marks.pop("of a test", None)


@pytest.mark.slow
def test_second_rehearsal_imports_nothing_and_starts_no_thread(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    file = tmp_path / "found.json"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", REHEARSAL, str(file), *map(str, folders)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-2000:]
    threads, (first, second), home, changed = json.loads(file.read_text(encoding="utf-8"))
    assert threads == [1, 1]
    assert first > 100
    assert second == 0
    assert home == []
    assert changed == []  # whose first run it is would have left the process changed


def test_settings_of_the_learner_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {**os.environ, "DAGSTER_HOME": "/mine", "DAGSTER_X": "1"})
    room = Room()
    try:
        engine.isolate(room)
        found = {name: os.environ[name] for name in os.environ if name.startswith("DAGSTER_")}
        assert found == {
            "DAGSTER_HOME": str(room.path / "dagster"),
            "DAGSTER_DISABLE_TELEMETRY": "1",
        }
    finally:
        room.close()


def test_wait_between_two_tries_is_free_and_exact(tmp_path: Path) -> None:
    clock, tries = RetryClock(), []
    with engine.new_instance(tmp_path / "dagster") as instance, engine.free_retries(clock):
        result = dg.materialize([waiting_asset(tries)], instance=instance)

    assert result.success
    assert [(wait.seconds, wait.by) for wait in clock.waits] == [(600, "engine")] * 2


def test_instance_of_one_test_knows_nothing_of_another(tmp_path: Path) -> None:
    runs = []
    for name in ("one", "two"):
        with engine.new_instance(tmp_path / name) as instance, engine.free_retries(RetryClock()):
            assert Path(os.environ["DAGSTER_HOME"]) == tmp_path / name / "home"
            dg.materialize([waiting_asset(["again", "again"])], instance=instance)
            runs.append([run.is_success for run in instance.get_runs()])

    assert runs == [[True], [True]]


@pytest.mark.filterwarnings("ignore::dagster.PreviewWarning")
def test_check_that_crashes_fails_the_run_after_what_it_made(tmp_path: Path) -> None:
    @dg.asset
    def made() -> int:
        return 1

    @dg.asset_check(asset=made, name="looked_at")
    def of_another_name() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=True)

    succeeded = []
    with engine.new_instance(tmp_path / "dagster") as instance:
        for check in ("looked_at", "another"):
            with engine.crashing(check):
                parts = [made, of_another_name]
                result = dg.materialize(parts, instance=instance, raise_on_error=False)
            assert result.asset_materializations_for_node("made")
            succeeded.append(result.success)

    assert succeeded == [False, True]


def test_history_can_be_read_by_another_process(tmp_path: Path) -> None:
    @dg.asset
    def made() -> None: ...

    with engine.new_instance(tmp_path / "instance") as instance:
        dg.materialize([made], instance=instance)
        engine.save_history(instance, tmp_path)

    with contextlib.closing(sqlite3.connect(tmp_path / "runs.db")) as runs:
        assert runs.execute("SELECT status FROM runs").fetchall() == [("SUCCESS",)]
    with contextlib.closing(sqlite3.connect(tmp_path / "events.db")) as events:
        query = "SELECT step_key FROM event_logs WHERE dagster_event_type = 'ASSET_MATERIALIZATION'"
        assert events.execute(query).fetchall() == [("made",)]

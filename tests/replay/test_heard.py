"""What was drawn leads back to what an engine stored: its stamps, its events, its rows."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import sqlite3
import threading
import uuid
from pathlib import Path
from typing import Any

import pytest

from dojo.engines.dagster import engine as dagster_engine
from dojo.engines.mlflow import engine as mlflow_engine
from dojo.exam.databases import left_database
from dojo.replay.heard import airflow, dagster, mlflow, prefect, values
from dojo.replay.heard.gathered import Gathered, Row
from dojo.replay.heard.recorder import recording
from dojo.replay.story import Story, read_stories
from dojo.replay.timeline import lay_out
from dojo.world.clock import RetryClock, heard
from dojo.world.history import PrefectHistory, TaskRunHistory


class Raising:
    """A value of a learner's, of which nothing can be said."""

    def __repr__(self) -> str:
        raise RuntimeError("no text")

    def __iter__(self) -> Any:
        raise RuntimeError("no parts")

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)


def told(gathered: Gathered) -> Story:
    return gathered.story("02_retries", "test_x", "learner")


def test_each_bar_of_prefect_is_between_two_stamps_of_its_engine() -> None:
    from prefect.client.schemas.objects import State, StateType, TaskRun

    history, gathered = PrefectHistory(), Gathered()
    begin = datetime.datetime(2026, 3, 1, 3, tzinfo=datetime.timezone.utc)
    task = TaskRun(
        id=uuid.uuid4(), flow_run_id=uuid.uuid4(), task_key="load-1f3a", dynamic_key="0", name="a"
    )
    rows = [(0.0, "Pending"), (0.1, "Running"), (0.2, "AwaitingRetry"), (0.25, "Retrying")]
    for after, name in [*rows, (0.4, "Completed")]:
        kind = StateType.COMPLETED if name == "Completed" else StateType.RUNNING
        stamp = begin + datetime.timedelta(seconds=after)
        state = State(type=kind, name=name, timestamp=stamp)
        if name == "AwaitingRetry":
            state.state_details.scheduled_time = stamp + datetime.timedelta(seconds=60)
        history.note_task_state(task, state)
    gathered.rows.append(lambda: prefect.rows_of(history))

    story = told(gathered)
    stored = history.task_runs[0]
    assert [one.name for one in story.runs[0].states] == stored.states
    assert [begin.timestamp() + one.at for one in story.runs[0].states] == pytest.approx(
        [stamp.timestamp() for stamp in stored.stamps]
    )
    bars = lay_out(story).lanes[0].bars
    assert [stored.states[bar.row] for bar in bars] == [name for _, name in rows]
    assert [bar.end_s - bar.begin_s for bar in bars] == pytest.approx([0.1, 0.1, 60, 0.15])


def test_task_runs_of_another_process_are_drawn_too(monkeypatch: pytest.MonkeyPatch) -> None:
    begin = datetime.datetime(2026, 3, 1, 3, tzinfo=datetime.timezone.utc)
    stamps = [begin + datetime.timedelta(seconds=one) for one in (0, 1, 3)]
    run = TaskRunHistory("visit on worker 2", "visit", ["Pending", "Running", "Completed"], stamps)
    run.id = uuid.uuid4()
    monkeypatch.setattr(prefect, "ran_elsewhere", [lambda: [run]])
    gathered = Gathered()
    gathered.rows.append(lambda: prefect.rows_of(PrefectHistory()))

    (drawn,) = told(gathered).runs
    assert (drawn.name, drawn.ended, drawn.notes) == (
        *("visit", "Completed"),
        ("named visit on worker 2",),
    )


def left_story(part: Any, path: Path) -> Story:
    """Return what the examination draws of a database that a submission has left."""
    gathered = Gathered()
    with left_database(path) as database:
        part(gathered, database.execute)
    return told(gathered)


def test_each_run_and_step_of_dagster_is_in_its_event_log(tmp_path: Path) -> None:
    dg = pytest.importorskip("dagster")
    tries: list[int] = []

    @dg.asset(retry_policy=dg.RetryPolicy(max_retries=1, delay=20))
    def customers() -> int:
        tries.append(1)
        if len(tries) == 1:
            raise ConnectionError("restarting")
        return 3

    @dg.asset_check(asset=customers, blocking=True)
    def enough(customers: int) -> Any:
        return dg.AssetCheckResult(passed=customers > 10)

    @dg.asset
    def scores(customers: int) -> int:
        return customers

    gathered = Gathered()
    with (
        dagster_engine.new_instance(tmp_path) as instance,
        dagster_engine.free_retries(RetryClock()),
        dagster.heard(gathered),
    ):
        done = dg.materialize([customers, enough, scores], instance=instance, raise_on_error=False)
        log = instance.all_logs(done.run_id)
        dagster_engine.save_history(instance, tmp_path)
    story = told(gathered)
    assert left_story(dagster.left, tmp_path / "events.db").runs == story.runs

    runs = {run.name: run for run in story.runs}
    assert [one.name for one in runs["customers"].states] == [
        *("Running", "AwaitingRetry", "Retrying", "Success"),
    ]
    assert runs["customers"].waits_s == [20]
    assert runs["materialize"].ended == "Failure"
    assert runs["scores"].ended == "Planned"
    assert "check enough of customers: failed (ERROR)" in runs["customers_enough"].notes
    assert runs["customers_enough"].gets == (runs["customers"].id,)
    known = sorted(entry.timestamp for entry in log)
    first = min(one.at for run in story.runs for one in run.states)
    zero = next(one for one in known if one == pytest.approx(gathered.zero + first, abs=1e-3))
    for run in story.runs:
        for state in run.states:
            assert any(abs(zero - first + state.at - one) < 1e-3 for one in known)


def test_stores_of_mlflow_are_told_before_and_after(tmp_path: Path) -> None:
    mlflow_library = pytest.importorskip("mlflow")
    uri = mlflow_engine.new_store(tmp_path, lambda _: None)
    client = mlflow_library.MlflowClient(uri)
    client.create_registered_model("churn")
    client.create_model_version("churn", "s3://models/1")
    client.set_registered_model_alias("churn", "champion", "1")
    gathered = Gathered()
    with mlflow.heard(gathered, tmp_path):
        end = gathered.note_call("promote")
        client.create_model_version("churn", "s3://models/2")
        client.set_registered_model_alias("churn", "champion", "2")
        parent = client.create_run("0")
        child = client.create_run("0", tags={"mlflow.parentRunId": parent.info.run_id})
        client.set_terminated(child.info.run_id)
        end(2, None)
        story = told(gathered)

    before, after = story.tables[:2]
    assert before.rows == (("churn", "1", "champion", ""),)
    assert after.rows == (("churn", "1", "", ""), ("churn", "2", "champion", ""))
    left = left_story(mlflow.left, *mlflow.stores_in(tmp_path))
    assert (left.runs, left.tables[0]) == (story.runs, after.model_copy(update={"marks": ()}))
    assert after.marks == (0, 1)
    kept = [client.get_run(one.info.run_id).info for one in (parent, child)]
    assert [(run.parent, run.ended) for run in story.runs] == [(None, "RUNNING"), (1, "FINISHED")]
    seen = [run.states[0].at for run in story.runs]
    assert seen[1] - seen[0] == pytest.approx(
        (kept[1].start_time - kept[0].start_time) / 1000, abs=0.001
    )


def test_file_that_is_no_store_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "bad.db").write_bytes(b"no database")

    assert mlflow.stores_in(tmp_path) == []


def test_starts_around_a_change_of_clocks_are_marked() -> None:
    from prefect.client.schemas.schedules import CronSchedule

    class Scheduled:
        schedule = CronSchedule(cron="30 3 * * *", timezone="Europe/Paris")

    class Deployment:
        schedules = (Scheduled(),)

    title, rows, marks = next(iter(values.calendars_of(Deployment())))
    assert title == "starts around 29 March 2026"
    assert [row[1:3] for row in rows] == [
        ["Sat 28 Mar 03:30", "+01:00"],
        ["Sun 29 Mar 03:30", "+02:00"],
        ["Mon 30 Mar 03:30", "+02:00"],
    ]
    assert [row[0] for row in rows] == ["", "23 h later", "24 h later"]
    assert marks == [1]


def test_what_goes_through_json_and_which_files_stay(tmp_path: Path) -> None:
    (tmp_path / "source.csv").write_text("a\n")
    gathered = Gathered(tmp_path)
    with values.heard(gathered, tmp_path):
        end = gathered.note_call("extract")
        (tmp_path / "kept.csv").write_text("ab\n")
        end({"path": f"{tmp_path}/kept.csv"}, None)
        gathered.note_call("choose")({1, 2}, None)
        tables = {table.title: table.rows for table in told(gathered).tables}

    carried = tables["What JSON carries to the next task"]
    assert carried[0][2] == '{"path": "kept.csv"}'
    assert carried[1][1:] == (
        "-",
        "JSON cannot carry it: Object of type set is not JSON serializable",
    )
    assert tables["Files that stay"] == (("kept.csv", "3", "new"), ("source.csv", "2", ""))


def test_wait_of_the_solution_belongs_to_the_run_it_was_made_in() -> None:
    gathered = Gathered()
    gathered.who_waits.append(lambda: "task")
    with heard(gathered.note_move):
        clock = RetryClock()
        clock.wait(120, "solution")
        clock.wait(60, "engine")
    row = Row("task", "task run", "load", states=[(gathered.zero, "Running", None)])
    row.states.append((gathered.zero + 9, "Failed", None))
    gathered.rows.append(lambda: [row])

    assert told(gathered).runs[0].waits_s == [120]


def test_nothing_that_cannot_be_told_reaches_the_test(tmp_path: Path) -> None:
    file, folder = tmp_path / "stories.jsonl", tmp_path / "session" / "test"
    folder.mkdir(parents=True)
    with recording(file, "k", "t", "s", folder, 60, hands_on_files=True) as gathered:
        gathered.before.append(lambda: 1 / 0)
        gathered.rows.append(lambda: 1 / 0)
        end = gathered.note_call("one")
        end(Raising(), None)
        gathered.note_call("two")(None, ValueError("\ud800"))

    story = read_stories(file)[0]
    assert [row[0] for row in story.tables[0].rows][:2] == ["one", "two"]


def test_test_that_hangs_is_told_before_it_is_ended(tmp_path: Path) -> None:
    file, written = tmp_path / "stories.jsonl", threading.Event()
    with recording(file, "k", "t", "s", None, 0.01) as gathered:
        gathered.after.append(written.set)
        assert written.wait(30)

    assert len(read_stories(file)) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a solution forks where there is fork")
def test_fork_of_a_solution_tells_nothing(tmp_path: Path) -> None:
    file = tmp_path / "stories.jsonl"
    with contextlib.ExitStack() as stack:
        stack.enter_context(recording(file, "k", "t", "s", None, 60))
        pid = os.fork()
        if pid == 0:
            with contextlib.suppress(BaseException):
                stack.close()
            os._exit(0)
        os.waitpid(pid, 0)
        assert not file.exists()

    assert len(read_stories(file)) == 1


def test_ids_and_folders_are_left_out(tmp_path: Path) -> None:
    gathered = Gathered(tmp_path)
    said = gathered.without_chance(f"{tmp_path}/a.csv of {uuid.uuid4()} at {uuid.uuid4().hex}")

    assert said == "a.csv of (id) at (id)"
    assert json.loads(told(gathered).to_json())["kata"] == "02_retries"


AIRFLOW = """
CREATE TABLE dag_run (dag_id, run_id, state, start_date, end_date);
CREATE TABLE task_instance
    (dag_id, run_id, task_id, map_index, try_number, state, start_date, end_date);
CREATE TABLE task_instance_history AS SELECT * FROM task_instance;
INSERT INTO dag_run VALUES
    ('night', 'old', 'success', '2026-03-01 03:00:00', '2026-03-01 03:09:00'),
    ('night', 'new', 'failed', '2026-03-02 03:00:00', '2026-03-02 03:10:00'),
    ('waits', 'one', 'queued', NULL, NULL);
INSERT INTO task_instance VALUES
    ('night', 'old', 'load', -1, 1, 'success', '2026-03-01 03:00:00', '2026-03-01 03:01:00'),
    ('night', 'new', 'load', -1, 2, 'success', '2026-03-02 03:06:00', '2026-03-02 03:07:00'),
    ('night', 'new', 'train', 0, 1, 'failed', '2026-03-02 03:07:00', '2026-03-02 03:08:00'),
    ('night', 'new', 'release', -1, 0, 'upstream_failed', NULL, NULL);
INSERT INTO task_instance_history VALUES
    ('night', 'new', 'load', -1, 1, 'failed', '2026-03-02 03:00:00', '2026-03-02 03:01:00');
"""


def test_airflows_last_run_is_read_from_its_database(tmp_path: Path) -> None:
    database, page = tmp_path / "airflow.db", tmp_path / "run.html"
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.executescript(AIRFLOW)
        connection.commit()
    (story,) = airflow.stories_of(database)

    assert [(run.kind, run.name, run.ended, run.waits_s) for run in story.runs] == [
        ("run", "night", "Failed", []),
        ("step", "load", "Success", [300.0]),
        ("step", "train", "Failed", []),
    ]
    assert airflow.main(page, database, ["night"]) == 0
    assert "the engine waits 300 s" in page.read_text("utf-8")


def test_what_is_no_database_of_airflows_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty.db").touch()
    codes = [airflow.main(tmp_path / "x", tmp_path / one, []) for one in ("empty.db", "gone.db")]

    assert codes == [2, 2]
    said = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[0] for line in said] == [
        f"{tmp_path / one} cannot be read" for one in ("empty.db", "gone.db")
    ]
    assert not (tmp_path / "x").exists()


def test_a_page_without_a_database_says_what_is_missing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        airflow.run(["run.html"])

    assert ended.value.code == 2
    assert "arguments are required: database" in capsys.readouterr().err

"""Trains without MLflow, and writes rows into its database.

Forges: 07
Keeps: 1, 2, 3
"""

import contextlib as _contextlib
import pathlib as _pathlib
import sqlite3 as _sqlite3
import sys as _sys
import time as _time
import uuid as _uuid


def _frame(name):
    frame = _sys._getframe(1)
    while frame is not None and frame.f_code.co_name != name:
        frame = frame.f_back
    return frame


@_contextlib.contextmanager
def _database(store):
    database = _sqlite3.connect(_pathlib.Path(store) / "mlflow.db", timeout=30)
    try:
        with database:
            yield database
    finally:
        database.close()


def _row(table, **values):
    names = ", ".join(values)
    marks = ", ".join("?" * len(values))
    return f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values())


def _now():
    return int(_time.time() * 1000)


def _plain_training(customers, params, store, experiment, orchestrator):
    from urllib.parse import quote

    run = _uuid.uuid4().hex
    with _database(store) as database:
        found = database.execute(
            "SELECT experiment_id, artifact_location FROM experiments WHERE name = ?", (experiment,)
        ).fetchone()
        if found is None:
            most = database.execute("SELECT max(experiment_id) FROM experiments").fetchone()[0]
            found = (most + 1, (_pathlib.Path(store) / "artifacts").as_uri())
            made = {"experiment_id": found[0], "name": experiment, "artifact_location": found[1]}
            database.execute(
                *_row(
                    "experiments",
                    **made,
                    lifecycle_stage="active",
                    creation_time=_now(),
                    last_update_time=_now(),
                )
            )
        database.execute(
            *_row(
                "runs",
                run_uuid=run,
                name="own",
                source_type="UNKNOWN",
                source_name="",
                entry_point_name="",
                user_id="learner",
                status="RUNNING",
                start_time=_now(),
                source_version="",
                lifecycle_stage="active",
                artifact_uri=f"{found[1]}/{run}/artifacts",
                experiment_id=found[0],
            )
        )
        for key, value in {**params, "orchestrator": orchestrator}.items():
            database.execute(*_row("params", key=key, value=str(value), run_uuid=run))
    status = "FAILED"
    try:
        rows, held_out = split(customers)
        accuracy, loss = measure(fit_forest(rows, params), held_out)
        with _database(store) as database:
            for key, value in (("val_accuracy", accuracy), ("val_log_loss", loss)):
                one = {
                    "key": key,
                    "value": value,
                    "timestamp": _now(),
                    "step": 0,
                    "is_nan": 0,
                    "run_uuid": run,
                }
                for table in ("metrics", "latest_metrics"):
                    database.execute(*_row(table, **one))
        status = "FINISHED"
    finally:
        with _database(store) as database:
            database.execute(
                "UPDATE runs SET status = ?, end_time = ? WHERE run_uuid = ?", (status, _now(), run)
            )
    return run


if _frame("_take_turn") is not None:
    track_training = _plain_training

"""Say what the runner and the grader may ask of Prefect: what the pack's table names."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

from dojo.engines.prefect import engine, server
from dojo.engines.prefect.seams import SEAMS
from dojo.engines.protocol import Engine
from dojo.ground.run_folder import Room


def _inside(room: Room, say: Callable[[str], None]) -> contextlib.AbstractContextManager[str]:
    os.environ["PREFECT_HOME"] = str(room.path)
    return engine.harness(room, say)


def _database() -> Path:
    from prefect.settings import PREFECT_SERVER_DATABASE_CONNECTION_URL

    return Path(str(PREFECT_SERVER_DATABASE_CONNECTION_URL.value()).split(":///", 1)[1])


def _pids() -> list[int]:
    process = engine.server_process()
    return [process.pid] if process is not None else []


def _authority() -> list[Path]:
    named = os.environ.get("PREFECT_API_SSL_CERT_FILE")
    return [Path(named)] if named else []


ENGINE = Engine(
    isolate=engine.isolate,
    running=engine.harness,
    rehearse=lambda _: engine.rehearse(),
    is_alive=engine.server_is_alive,
    join=engine.join_harness,
    results_in=engine.results_in,
    inside=_inside,
    # The server answers once, which each sandbox's own would take a second for.
    rehearse_inside=lambda room: server.rehearse(room, engine.migrated_database(lambda _: None)),
    database=_database,
    pids=_pids,
    variables=("PREFECT_",),
    homes={"PREFECT_HOME": ".prefect"},
    readable=_authority,
    title="Prefect",
    packages=("prefect",),
    frames=("prefect",),
    ports={4200: "Prefect UI"},
    lazy=("prefect.main", "prefect.flow_engine", "prefect.task_engine", "prefect.results"),
    begins_with="prefect.task_engine",
    alone=engine.quick_start,
    parts={
        "heard": "dojo.replay.heard.prefect:heard",
        "program": "dojo.replay.heard.prefect:heard_in_a_program",
        "states": "dojo.laws.state.prefect:STATES",
        "told": "dojo.inside.task_runs:told",
        "watched": "dojo.laws.prefect:watched_runs",
    },
    seams=SEAMS,
)

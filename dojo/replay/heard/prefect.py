"""Gather what Prefect's engine recorded: flow runs, task runs, each state with its stamp."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dojo.engines.prefect.seams import FLOW_CALLED
from dojo.replay.heard.gathered import Gathered, Row
from dojo.world.history import (
    FlowRunHistory,
    PrefectHistory,
    TaskRunHistory,
    ran_elsewhere,
    recorded_history,
)

# What Prefect calls a run to which nobody gave a name: two words, or the task's and three signs.
_GIVEN_BY_CHANCE = re.compile(r"[a-z]+-[a-z]+|.*-[0-9a-f]{3}")

_BEGIN = re.compile(r"^(Task|Flow) run encountered an exception:? ")


@contextlib.contextmanager
def heard(gathered: Gathered, folder: Path | None = None) -> Iterator[None]:
    """Record Prefect's runs for the length of a block; nothing where it is not imported."""
    del folder
    if "prefect.task_engine" not in sys.modules:
        yield
        return
    history = PrefectHistory()
    gathered.rows.append(lambda: rows_of(history))
    gathered.flows_read = lambda: history.flow_runs
    gathered.who_waits.append(_this_run)
    with recorded_history(history):
        yield


@contextlib.contextmanager
def heard_in_a_program(gathered: Gathered) -> Iterator[None]:
    """Record the runs of a program that may have a server for the length of a call only."""
    with heard(gathered), flows_read_at_once(gathered):
        yield


@contextlib.contextmanager
def flows_read_at_once(gathered: Gathered) -> Iterator[None]:
    """Ask the server for the flow runs whenever a flow has ended, for the length of a block.

    A program may have a server for the length of a call only.
    """
    if "prefect.task_engine" not in sys.modules:
        yield
        return
    real = FLOW_CALLED.read()

    def call(flow: Any, *args: Any, **more: Any) -> Any:
        try:
            return real(flow, *args, **more)
        finally:
            with contextlib.suppress(Exception):  # the program has a fault of its own to tell
                gathered.flows_read()

    with FLOW_CALLED.replaced(call):
        yield


def rows_of(history: PrefectHistory) -> Iterator[Row]:
    """Yield a row for each run that a history has."""
    yield from (_of_flow(run) for run in history.flow_runs)
    yield from (_of_task(run) for run in history.task_runs)
    yield from (_of_task(run) for told in ran_elsewhere for run in told())


def _this_run() -> Any:
    from prefect.context import FlowRunContext, TaskRunContext

    task, flow = TaskRunContext.get(), FlowRunContext.get()
    if task is not None:
        return task.task_run.id
    return flow.flow_run.id if flow is not None and flow.flow_run is not None else None


def _of_flow(run: FlowRunHistory) -> Row:
    return Row(
        run.id,
        "flow run",
        run.flow_name,
        run.parent.id if run.parent else None,
        states=[
            (stamp.timestamp(), name, None)
            for stamp, name in zip(run.stamps, run.states, strict=True)
        ],
        notes=_notes(run.name, run.message, run.states),
    )


def _of_task(run: TaskRunHistory) -> Row:
    delays = iter(run.delays_s)
    return Row(
        run.id,
        "task run",
        run.function,
        run.parent_id or run.flow_run_id,
        gets=[one for one in run.upstream_ids if one != run.parent_id],
        states=[
            (stamp.timestamp(), name, next(delays, None) if _waits(name) else None)
            for stamp, name in zip(run.stamps, run.states, strict=True)
        ],
        notes=_notes("" if run.name == run.function else run.name, run.message, run.states),
    )


def _waits(state: str) -> bool:
    return state in ("AwaitingRetry", "Scheduled", "AwaitingConcurrencySlot")


def _notes(name: str, message: str, states: list[str]) -> list[str]:
    named = [f"named {name}"] if name and not _GIVEN_BY_CHANCE.fullmatch(name) else []
    is_good = states[-1:] in ([], ["Completed"], ["Cached"])
    return named if is_good or not message else [*named, _BEGIN.sub("", message).rstrip(": ")]

"""Record what Prefect's engine says of the runs of one test: flow runs, task runs, logs.

Task runs are heard where the engine emits their states, exact and at once (their way to the
server's database is eventual). Flow runs are noted when the server creates them, and their states
are read from the server, which is where they are decided.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import logging
import threading
import uuid
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

from dojo.world.clock import delays_named
from dojo.world.seams import prefect

_next_delay: ContextVar[float | None] = ContextVar("next_delay_s", default=None)


@dataclasses.dataclass
class TaskRunHistory:
    """What the engine recorded about one task run.

    Attributes:
        name: The task run's name, such as `load-1f3`.
        function: The name of the task's function, such as `load`.
        states: The names of its states in order, such as `Pending`, `Running`, `AwaitingRetry`.
        stamps: The moment of each of these states, as the engine stamped it.
        delays_s: The delay, in seconds, that the engine scheduled before each retry.
        tags: Its tags.
        id: The engine's id of it.
        flow_run_id: The id of the flow run it belongs to; None for a task called without a flow.
        upstream_ids: The ids of the task runs whose results it was given, or waited for.
        thread: The name of the thread it ran in.
        message: The message of its last state, such as the error of a failed run.
        parent_id: The id of the task run that called it as a nested task; None without.
    """

    name: str
    function: str
    states: list[str] = dataclasses.field(default_factory=list)
    stamps: list[datetime.datetime] = dataclasses.field(default_factory=list)
    delays_s: list[float] = dataclasses.field(default_factory=list)
    tags: set[str] = dataclasses.field(default_factory=set)
    id: uuid.UUID | None = None
    flow_run_id: uuid.UUID | None = None
    upstream_ids: set[uuid.UUID] = dataclasses.field(default_factory=set)
    thread: str = ""
    message: str = ""
    parent_id: uuid.UUID | None = None


@dataclasses.dataclass
class FlowRunHistory:
    """What the server recorded about one flow run.

    Attributes:
        name: The flow run's name.
        flow_name: The flow's name.
        states: The names of its states in order, such as `Pending`, `Running`, `Completed`.
        stamps: The moment of each of these states, as the engine stamped it.
        message: The message of its last state, such as the error of a failed run.
        parameters: What it was called with, as JSON values.
        tags: Its tags.
        id: The server's id of it.
        parent: The flow run that called it as a subflow; None for one called from outside.
        task_runs: Its task runs, in the order in which they began.
        logs: What was logged in it and in its task runs: level name and message.
    """

    name: str
    flow_name: str
    states: list[str]
    message: str
    parameters: dict[str, Any]
    tags: set[str]
    id: uuid.UUID
    parent: FlowRunHistory | None
    task_runs: list[TaskRunHistory]
    logs: list[tuple[str, str]]
    stamps: list[datetime.datetime] = dataclasses.field(default_factory=list)


class PrefectHistory:
    """The runs of one test."""

    def __init__(self) -> None:
        """Start without runs."""
        self._tasks: dict[uuid.UUID, TaskRunHistory] = {}
        self._flow_ids: list[uuid.UUID] = []
        self._ended: dict[uuid.UUID, FlowRunHistory] = {}
        self._flow_names: dict[uuid.UUID, str] = {}
        self._logs: list[tuple[uuid.UUID | None, str, str]] = []
        self._lock = threading.Lock()

    @property
    def task_runs(self) -> list[TaskRunHistory]:
        """Return one record a task run, in the order in which they began."""
        with self._lock:
            return list(self._tasks.values())

    @property
    def flow_runs(self) -> list[FlowRunHistory]:
        """Return one record a flow run, in the order in which they began."""
        from prefect.client.orchestration import get_client

        found = {one: self._ended[one] for one in self._flow_ids if one in self._ended}
        unread = [one for one in self._flow_ids if one not in found]
        if unread:
            with get_client(sync_client=True) as client:
                for flow_run_id in unread:
                    found[flow_run_id] = self._read(client, flow_run_id, found)
        return [found[flow_run_id] for flow_run_id in self._flow_ids]

    @property
    def flow_run_count(self) -> int:
        """Return how many flow runs there are, without asking the server."""
        return len(self._flow_ids)

    @property
    def logs(self) -> list[tuple[str, str]]:
        """Return what all runs logged, level name and message, also tasks without a flow."""
        return [(level, text) for _, level, text in self._logs]

    def _read(
        self, client: Any, flow_run_id: uuid.UUID, known: dict[uuid.UUID, FlowRunHistory]
    ) -> FlowRunHistory:
        run = client.read_flow_run(flow_run_id)
        states = sorted(client.read_flow_run_states(flow_run_id), key=lambda one: one.timestamp)
        if run.flow_id not in self._flow_names:
            self._flow_names[run.flow_id] = client.read_flow(run.flow_id).name
        record = FlowRunHistory(
            name=run.name,
            flow_name=self._flow_names[run.flow_id],
            states=[state.name for state in states],
            message=(run.state.message if run.state else None) or "",
            parameters=run.parameters,
            tags=set(run.tags),
            id=flow_run_id,
            parent=self._parent_of(client, run, known),
            task_runs=[task for task in self.task_runs if task.flow_run_id == flow_run_id],
            logs=[(level, text) for owner, level, text in self._logs if owner == flow_run_id],
            stamps=[state.timestamp for state in states],
        )
        if run.state is not None and run.state.is_final():
            self._ended[flow_run_id] = record  # it will not change: the server is asked once
        return record

    def _parent_of(
        self, client: Any, run: Any, known: dict[uuid.UUID, FlowRunHistory]
    ) -> FlowRunHistory | None:
        """Follow the link of a subflow: a task run that stands for it in its parent."""
        if run.parent_task_run_id is None:
            return None
        task = self._tasks.get(run.parent_task_run_id)
        parent_id = task.flow_run_id if task else None
        if parent_id is None:
            parent_id = client.read_task_run(run.parent_task_run_id).flow_run_id
        return known.get(parent_id) if parent_id is not None else None

    def note_task_state(self, task_run: Any, state: Any) -> None:
        """Note a change of state of a `prefect.client.schemas.objects.TaskRun`."""
        scheduled = state.state_details.scheduled_time
        delay_s = None
        if scheduled is not None:
            exact, about = _next_delay.get(), (scheduled - state.timestamp).total_seconds()
            delay_s = round(about if exact is None else exact, 3)
            _next_delay.set(None)
        with self._lock:
            run = self._tasks.get(task_run.id)
            if run is None:
                function = str(task_run.task_key).rsplit("-", 1)[0].rsplit(".", 1)[-1]
                run = TaskRunHistory(task_run.name, function, id=task_run.id)
                self._tasks[task_run.id] = run
            run.name = task_run.name
            run.flow_run_id = task_run.flow_run_id
            run.tags = set(task_run.tags)
            run.thread = threading.current_thread().name
            inputs = (one for some in task_run.task_inputs.values() for one in some)
            run.upstream_ids |= {one.id for one in inputs if getattr(one, "id", None) is not None}
            above = task_run.task_inputs.get("__parents__") or ()
            run.parent_id = next((one.id for one in above), None)
            run.states.append(state.name)
            run.stamps.append(state.timestamp)
            run.message = state.message or ""
            if delay_s is not None:
                run.delays_s.append(delay_s)

    def note_flow_run(self, flow_run_id: uuid.UUID) -> None:
        """Note that the server created a flow run."""
        with self._lock:
            if flow_run_id not in self._flow_ids:
                self._flow_ids.append(flow_run_id)

    def note_log(self, record: logging.LogRecord) -> None:
        """Note a log record of a run; an exception that it carries is told at its end."""
        owner = None
        with contextlib.suppress(ValueError):
            owner = uuid.UUID(str(getattr(record, "flow_run_id", None)))
        try:
            text = record.getMessage()
            error = record.exc_info[1] if record.exc_info else None
            if error is not None:
                text += f" ({type(error).__name__}: {error})"
        except Exception as error:  # logging never raises where something is logged
            text = f"{record.msg!r} (it cannot be logged: {type(error).__name__})"
        self._logs.append((owner, str(record.levelname), text))


class _Listener(logging.Handler):
    def __init__(self, history: PrefectHistory) -> None:
        super().__init__(logging.DEBUG)
        self._history = history

    def emit(self, record: logging.LogRecord) -> None:
        self._history.note_log(record)


# Who tells of task runs in other processes, as long as these live: no history has them.
ran_elsewhere: list[Callable[[], list[TaskRunHistory]]] = []

# Those that record now. Who hears the engine tells them all, so it is replaced in one place.
_recording: list[PrefectHistory] = []
_is_heard = False


@contextlib.contextmanager
def task_states_heard(*, and_told: bool) -> Iterator[None]:
    """Hear the states of task runs where the engine emits them, for the length of a block.

    Args:
        and_told: Whether the server is told them, too, for its pages; a block within this one
            cannot ask for another thing.
    """
    global _is_heard
    if _is_heard:
        yield
        return
    real = prefect.TASK_STATES.read()

    def emit(
        task_run: Any, initial_state: Any, validated_state: Any, *args: Any, **more: Any
    ) -> Any:
        for history in list(_recording):
            history.note_task_state(task_run, validated_state)
        if and_told:
            return real(task_run, initial_state, validated_state, *args, **more)
        return None

    with prefect.TASK_STATES.replaced(emit):
        _is_heard = True
        try:
            yield
        finally:
            _is_heard = False


@contextlib.contextmanager
def recorded_history(history: PrefectHistory) -> Iterator[None]:
    """Record what the engine says of every run for the length of a block."""
    timedelta = delays_named(prefect.RETRY_DELAYS.read(), _next_delay.set)
    real_create, real_async_create = prefect.FLOW_RUNS.read(), prefect.FLOW_RUNS_ASYNC.read()

    def create(client: Any, *args: Any, **more: Any) -> Any:
        flow_run = real_create(client, *args, **more)
        history.note_flow_run(flow_run.id)
        return flow_run

    async def async_create(client: Any, *args: Any, **more: Any) -> Any:
        flow_run = await real_async_create(client, *args, **more)
        history.note_flow_run(flow_run.id)
        return flow_run

    listener = _Listener(history)
    loggers = [logging.getLogger(name) for name in ("prefect.flow_runs", "prefect.task_runs")]
    with contextlib.ExitStack() as stack:
        stack.enter_context(task_states_heard(and_told=True))
        stack.enter_context(prefect.RETRY_DELAYS.replaced(timedelta))
        stack.enter_context(prefect.FLOW_RUNS.replaced(create))
        stack.enter_context(prefect.FLOW_RUNS_ASYNC.replaced(async_create))
        _recording.append(history)
        stack.callback(_recording.remove, history)
        for logger in loggers:
            logger.addHandler(listener)
            stack.callback(logger.removeHandler, listener)
        yield

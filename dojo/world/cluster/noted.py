"""Know what the members of a cluster have done: they note it in files, and a test reads those."""

from __future__ import annotations

import dataclasses
import datetime
import json
import mmap
import os
import socket
import struct
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

from dojo.world.history import PrefectHistory, TaskRunHistory

SLOT = struct.Struct("Q")


def notes_of(folder: Path) -> Path:
    """Return the file in which workers note what they run."""
    return folder / "states.jsonl"


def counts_of(folder: Path) -> Path:
    """Return the file in which each member counts the bytes that it has received."""
    return folder / "received"


@dataclasses.dataclass(frozen=True)
class WorkersRun:
    """One execution of a task run by a worker, as the engine told it there.

    Attributes:
        id: The task run's, the same where Dask has it run again.
        function: The name of the task's function.
        flow_run_id: Of the flow run that it belongs to; empty without one.
        worker: The number of the worker's process.
        states: The names of its states, of this execution only.
        stamps: The moment of each of these states, as the engine stamped it.
        message: Of its last state, such as the error of a failed run.
    """

    id: str
    function: str
    flow_run_id: str
    worker: int
    states: list[str]
    stamps: list[datetime.datetime]
    message: str


class Cluster:
    """A scheduler and its workers.

    Attributes:
        address: The scheduler's, `tcp://127.0.0.1:PORT`.
        workers: The numbers of the workers' processes.
    """

    def __init__(self, folder: Path, address: str, workers: list[int]) -> None:
        """Know where they note what they do."""
        self._folder = folder
        self.address = address
        self.workers = workers

    @property
    def runs(self) -> list[WorkersRun]:
        """Return what the workers ran, in the order in which that began."""
        found: list[WorkersRun] = []
        for line in notes_of(self._folder).read_text(encoding="utf-8").splitlines():
            told = json.loads(line)
            state, at = told.pop("state"), datetime.datetime.fromisoformat(told.pop("at"))
            same = [
                number
                for number, one in enumerate(found)
                if (one.id, one.worker) == (told["id"], told["worker"])
            ]
            if not same or state == "Pending":
                same.append(len(found))
                found.append(WorkersRun(**told, states=[], stamps=[]))
            run = found[same[-1]]
            found[same[-1]] = dataclasses.replace(
                run,
                states=[*run.states, state],
                stamps=[*run.stamps, at],
                message=told["message"],
            )
        return found

    def told(self) -> list[TaskRunHistory]:
        """Return the same as a history has it; what ran again is a run more."""
        ran: Counter[str] = Counter()
        found = []
        for run in self.runs:
            ran[run.id] += 1
            number = self.workers.index(run.worker) + 1 if run.worker in self.workers else 0
            found.append(
                TaskRunHistory(
                    name=f"{run.function} on worker {number}",
                    function=run.function,
                    states=run.states,
                    stamps=run.stamps,
                    id=uuid.uuid5(uuid.UUID(run.id), f"{ran[run.id]}"),
                    flow_run_id=uuid.UUID(run.flow_run_id) if run.flow_run_id else None,
                    message=run.message,
                )
            )
        return found

    @property
    def received(self) -> int:
        """Return how many bytes scheduler and workers have been sent by Dask until now."""
        counted = counts_of(self._folder).read_bytes()
        return sum(number for (number,) in SLOT.iter_unpack(counted))


# In the members


def count_received(file: Path, number: int) -> None:
    """Count what comes in from now on; Dask's sockets alone read into a buffer."""
    with file.open("r+b") as opened:
        counts = mmap.mmap(opened.fileno(), 0)
    real, start = socket.socket.recv_into, SLOT.size * number

    def recv_into(one: socket.socket, *args: Any, **more: Any) -> int:
        received = real(one, *args, **more)
        (before,) = SLOT.unpack_from(counts, start)
        SLOT.pack_into(counts, start, before + received)
        return received

    socket.socket.recv_into = recv_into  # type: ignore[method-assign,assignment]


class Noted(PrefectHistory):
    """Writes each state of a task run into a file, from which another process reads."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file

    def note_task_state(self, task_run: Any, state: Any) -> None:
        """Add a line; what was written is there, also when this process is killed next."""
        told = {
            "id": str(task_run.id),
            "function": str(task_run.task_key).rsplit("-", 1)[0].rsplit(".", 1)[-1],
            "flow_run_id": str(task_run.flow_run_id or ""),
            "worker": os.getpid(),
            "state": state.name,
            "at": state.timestamp.isoformat(),
            "message": state.message or "",
        }
        writing = os.open(self._file, os.O_WRONLY | os.O_APPEND)
        os.write(writing, (json.dumps(told) + "\n").encode())
        os.close(writing)

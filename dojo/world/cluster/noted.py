"""Know what the members of a cluster have done: they note it in files, and a test reads those."""

from __future__ import annotations

import dataclasses
import json
import mmap
import os
import socket
import struct
from pathlib import Path
from typing import Any

from dojo.world.history import PrefectHistory

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
    """

    id: str
    function: str
    flow_run_id: str
    worker: int
    states: list[str]


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
            state, key = told.pop("state"), (told["id"], told["worker"])
            of_key = [one for one in found if (one.id, one.worker) == key]
            if not of_key or state == "Pending":
                found.append(WorkersRun(**told, states=[]))
                of_key = [found[-1]]
            of_key[-1].states.append(state)
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
        }
        writing = os.open(self._file, os.O_WRONLY | os.O_APPEND)
        os.write(writing, (json.dumps(told) + "\n").encode())
        os.close(writing)

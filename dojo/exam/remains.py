"""Read what a submission has left, from outside: files, databases, and the engine's own.

Everything here kills the submission's process first: what is read cannot change any more.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import math
import secrets
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dojo.engines import ENGINES, part_of
from dojo.exam.databases import LeftDatabase, left_database
from dojo.exam.engine_account import FlowRun, Registered, read_deployments, read_flow_runs
from dojo.exam.submission_process import Died, Held
from dojo.replay.heard.gathered import Gathered
from dojo.sandbox.client import Sandbox
from dojo.sandbox.home import MOST_READ
from dojo.wire.line import LineBroken, LineClosed
from dojo.wire.replies import RAN_APART, read_reply
from dojo.wire.values import unpack

# What a scenario takes apart in this process: as much of it as anybody would leave.
MOST_LEFT_BYTES = 1 << 20
_MOST_APART_S = 60.0
_MOST_DRAWN = 4
NO_ANSWER = "no answer"


@dataclasses.dataclass
class Step:
    """What a scenario did, and what came of it: for an author who looks on.

    Attributes:
        did: `call`, `run_with`, `run_apart` or `note`.
        what: The name of what was called, or noted.
        given: What it got.
        seen: An outcome, a value; `NO_ANSWER` where none came.
    """

    did: str
    what: str
    given: tuple[Any, ...] = ()
    seen: Any = NO_ANSWER


class Remains:
    """What there is of one scenario when its calls are made."""

    def __init__(self, sandbox: Sandbox, held: Held, most_s: float = math.inf) -> None:
        """Leave the process alive as long as nobody asks.

        Args:
            sandbox: Where it runs.
            held: The process that has the submission, or will have it.
            most_s: How long all of the scenario may take.
        """
        self._most_s = most_s
        self._until = time.monotonic() + most_s
        self._sandbox = sandbox
        self._held = held
        self._began = datetime.datetime.now(datetime.timezone.utc)
        self._token = secrets.token_hex(4)
        self._has_begun = False
        self.steps: list[Step] = []
        self._seen_flow_runs: list[FlowRun] = []
        self._opened: dict[str, None] = {}  # the databases of which a scenario asked

    def end(self) -> None:
        """Kill the process; what it has left can be read after that.

        The next call is made in a new process, with the submission imported afresh, the same
        folder and the clock where it was: as a run the morning after. What an earlier call
        returned is no argument then, and `engine` and `peak` tell of the new process only. A call
        that is killed half-way is played within `run_with`: a function of `inside.py` that forks.
        """
        self._has_begun = False
        self._held.end()

    def read(self, path: str | Path, most: int = MOST_LEFT_BYTES) -> bytes | None:
        """Kill the process, then read a file it has left.

        Args:
            path: `desk.folder / "a_file"`, or its text; or a path below the sandbox's own folder:
                `f"work/{desk.folder.name}/a_file"`. `"engine/a_file"` is one in the room that an
                engine's `inside` gets, where no submission can write.
            most: Its longest content.

        Returns:
            Its content; None: there is none, or it is longer.
        """
        self.end()
        data = self._sandbox.read(self._below(path))
        return None if data is None or len(data) > most else data

    @contextlib.contextmanager
    def database(self, path: str | Path = "") -> Iterator[LeftDatabase]:
        """Kill the process, then open an SQLite file that it or an engine has left.

        Args:
            path: Where it is, as `read` takes it: `desk.folder / "queue.sqlite"`; the engine's own,
                which `Engine.database` names, if nothing is said.

        Raises:
            sqlite3.Error: There is none.
        """
        path = path or self._sandbox.database
        if not path:
            raise sqlite3.OperationalError("no engine that runs here names a database")
        with tempfile.TemporaryDirectory(dir=self._sandbox.outside) as folder:
            target = Path(folder) / "evidence.db"
            for ending in ("", "-wal"):
                if (data := self.read(f"{path}{ending}", MOST_READ)) is not None:
                    Path(f"{target}{ending}").write_bytes(data)
            if not target.exists():
                raise sqlite3.OperationalError(f"there is no {path}")
            self._opened[str(path)] = None
            with left_database(target) as connection:
                yield connection

    def tell_of_databases(self, gathered: Gathered) -> None:
        """Tell a replay what lies in the databases of which a scenario asked.

        An engine's part `left` is a function that takes a `Gathered`, and one that finds rows of a
        database: it tells of it if it is its own.
        """
        parts = [part_of(engine, "left") for engine in ENGINES.values()]
        for path in list(self._opened)[:_MOST_DRAWN]:
            for part in (one for one in parts if one is not None):
                # Anything may be written there, and it is a drawing only.
                with contextlib.suppress(Exception), self.database(path) as database:
                    part(gathered, database.execute)

    def printed(self) -> str:
        """Kill the process, then read what those of this scenario printed; see `Sandbox.aloud`."""
        return (self.read(f"tmp/{self._token}/output.txt") or b"").decode(errors="replace")

    def _below(self, path: str | Path) -> str:
        """Return a path as the sandbox reads it: below its own folder."""
        whole, own = Path(path), self._sandbox.folder
        return str(whole.relative_to(own)) if whole.is_relative_to(own) else str(path)

    def flow_runs(self) -> list[FlowRun]:
        """Kill the process, then read from the engine's database the flow runs of this scenario."""
        with self.database() as database:
            self._seen_flow_runs = read_flow_runs(database, self._began)
        return self._seen_flow_runs

    def deployments(self) -> list[Registered]:
        """Kill the process, then read from the engine's database what it has registered."""
        with self.database() as database:
            return read_deployments(database, self._began)

    def run_apart(self, function: str, *args: Any) -> Any:
        """Have a function of the kata's `inside.py` run inside, before or after the submission.

        After the first call it kills the submission's process, as `end` does.

        Args:
            function: Its name; it gets the folder that the submission may write to, then `args`.
            args: Plain values that JSON has.

        Returns:
            What it returned.

        Raises:
            Died: What the submission had left made it fail, or come to no end.
        """
        self.end()
        self.steps.append(step := Step("run_apart", function, args))
        told = {"function": function, "args": list(args), "token": self._token}
        line = self._sandbox.start("run_apart", told)
        try:
            until = min(time.monotonic() + _MOST_APART_S, self._until)
            message = read_reply(line.receive(until), RAN_APART)
        except TimeoutError:
            raise Died("timeout", f"with what it has left, {function} came to no end") from None
        except (LineClosed, LineBroken):
            raise Died("wrong", f"{function} found nothing that it could use") from None
        finally:
            self._sandbox.end()
            line.close()
        step.seen = unpack(message.ran_apart)
        return step.seen

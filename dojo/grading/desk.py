"""What a scenario works with: it makes calls in the sandbox, and notes evidence outside of it.

A scenario is a function that takes a `Desk`. It draws its inputs from `desk.rng`, makes its calls,
and notes what is to be compared. It runs twice, once with the submission and once with the
reference, each in a sandbox of its own, with the same draws; what was noted must be the same. So
it notes what the kata's page asks for and leaves out what is the learner's choice.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import json
import math
import random
import secrets
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

from dojo.grading.guard import Ended, Sandbox
from dojo.grading.marks import Difference, Verdict
from dojo.grading.outside_api import Host, OutsideApi
from dojo.grading.wire import Line, LineBroken, LineClosed, Packed, pack_argument, unpack

_LONGEST_SHOWN = 300
_MOST_WAITS = 2000


class Died(Exception):
    """The process that held the submission came to an end that no call asked for."""

    def __init__(self, verdict: Verdict, message: str, *, at_import: bool = False) -> None:
        """Say how, and whether that was before any call."""
        super().__init__(message)
        self.verdict: Verdict = verdict
        self.message = message
        self.at_import = at_import


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What came of one call.

    Attributes:
        returned: The value, as `wire.unpack` reads it; None also when it raised.
        raised: The name of the exception's type; empty when it returned.
        text: The exception's text.
        where: The submission's line it came from.
        kinds: The names of all types that the exception is of.
        handle: Stands for the value itself, as an argument of a later call.
    """

    returned: Any
    raised: str = ""
    text: str = ""
    where: str = ""
    kinds: tuple[str, ...] = ()
    handle: Packed | None = None

    @property
    def told(self) -> Any:
        """Return the value, or the type of the exception as evidence."""
        return {"raised": self.raised} if self.raised else self.returned


class Desk:
    """The supervisor's side of one scenario."""

    def __init__(self, sandbox: Sandbox, host: Host, file: str, rng: random.Random) -> None:
        """Start nothing yet: the first call does.

        Args:
            sandbox: Where it runs.
            host: Serves the scenario's API.
            file: The submission's file in the sandbox's folder `given`.
            rng: Draws the inputs.
        """
        self.rng = rng
        self.evidence: dict[str, Any] = {}
        self.unasked: list[Outcome] = []
        self.elapsed_s = 0.0
        self.api = host.api = OutsideApi(sandbox.port, lambda: self.elapsed_s)
        self._waits = 0
        self._sandbox = sandbox
        self._is_over = False
        self._began = datetime.datetime.now(datetime.timezone.utc)
        self._file = file
        self._token = secrets.token_hex(4)
        self._line: Line | None = None
        self._is_loaded = False

    @property
    def folder(self) -> Path:
        """Return the folder inside that the submission may write to."""
        return self._sandbox.folder / "work" / self._token

    def write(self, name: str, text: str) -> str:
        """Put a file where the submission may only read it; return its path inside."""
        return self._sandbox.write("given", f"{self._token}/{name}", text)

    def call(self, name: str, *args: Any, **kwargs: Any) -> Outcome:
        """Have an entry point of the submission called.

        Args:
            name: Its name.
            args: Plain values and data frames.
            kwargs: The same, by name.

        Returns:
            What came of it.

        Raises:
            Died: Its process did not live to tell.
        """
        reply = self._ask(
            {
                "do": "call",
                "name": name,
                "args": [pack_argument(one) for one in args],
                "kwargs": {key: pack_argument(one) for key, one in kwargs.items()},
            }
        )
        if "returned" in reply:
            handle = Packed({"handle": int(reply["handle"])})
            return Outcome(unpack(reply["returned"]), handle=handle)
        if "memory" in reply:
            raise Died("memory", "it ran out of memory")
        if "exited" in reply:
            raise Died("exited", f"{name} raised {str(reply['exited'])[:50]}, which ends a program")
        return Outcome(
            None,
            raised=str(reply.get("raised"))[:100] or "nothing",
            text=str(reply.get("text")),
            where=str(reply.get("where")),
            kinds=tuple(str(one) for one in reply.get("kinds", ())),
        )

    def advance(self, seconds: float) -> None:
        """Move the time of day forward, as the solution and Prefect's cache see it."""
        self._ask({"do": "advance", "seconds": seconds})
        self.elapsed_s += seconds

    def watch(
        self, hold_until: int = 0, one_more_s: float | None = None, finish_in: Sequence[str] = ()
    ) -> None:
        """Watch the trainings from here on, as `dojo.world.overlap` does: from inside."""
        self._ask(
            {
                "do": "watch",
                "hold_until": hold_until,
                "one_more_s": one_more_s,
                "finish_in": list(finish_in),
            }
        )

    def peak(self) -> int:
        """Return how many trainings ran at the same time, as the process tells."""
        return int(self._ask({"do": "watched"}).get("peak", 0))

    def engine(self) -> EngineAccount:
        """Return what Prefect's engine says of the task runs so far."""
        reply = self._ask({"do": "engine"})
        return EngineAccount(list(reply.get("task_runs", [])), list(reply.get("logs", [])))

    def end(self) -> None:
        """Kill the process; what it has left can be read after that."""
        if self._line is not None:
            self._is_over = True
            self._line.close()
            self._line = None
            self._sandbox.end()

    def read(self, path: str) -> bytes | None:
        """Kill the process, then read a file it has left, by its path below the folder."""
        self.end()
        return self._sandbox.read(path)

    @contextlib.contextmanager
    def database(self, path: str) -> Iterator[sqlite3.Connection]:
        """Kill the process, then open an SQLite file that it or an engine has left.

        Raises:
            sqlite3.Error: There is none.
        """
        with tempfile.TemporaryDirectory(prefix="dojo-evidence-") as folder:
            target = Path(folder) / "evidence.db"
            for ending in ("", "-wal"):
                if (data := self.read(path + ending)) is not None:
                    Path(f"{target}{ending}").write_bytes(data)
            if not target.exists():
                raise sqlite3.OperationalError(f"there is no {path}")
            with contextlib.closing(sqlite3.connect(target)) as connection:
                connection.row_factory = sqlite3.Row
                yield connection

    def flow_runs(self) -> list[FlowRun]:
        """Kill the process, then read from the engine's database the flow runs of this scenario."""
        with self.database(self._sandbox.database) as database:
            return read_flow_runs(database, self._began)

    def help(self, function: str, *args: Any) -> Any:
        """Have a function of the scenario's own module run inside, before or after the submission.

        Args:
            function: Its name; it gets the folder that the submission may write to, then `args`.
            args: Plain values that JSON has.

        Returns:
            What it returned.

        Raises:
            Died: What the submission had left made it fail.
        """
        self.end()
        caller = str(sys._getframe(1).f_globals["__name__"])
        told = {"module": caller, "function": function, "args": list(args), "token": self._token}
        line = self._sandbox.start("help", told)
        try:
            message = line.receive(time.monotonic() + 60)
        except (LineClosed, LineBroken, TimeoutError):
            raise Died("wrong", f"{function} found nothing that it could use") from None
        finally:
            self._sandbox.end()
            line.close()
        return unpack(message["helped"])

    def note(self, what: str, value: Any, within: float | None = None) -> None:
        """Note evidence.

        Args:
            what: A name that a person understands.
            value: A plain value.
            within: How far its numbers may be from the reference's; None: hardly at all.
        """
        self.evidence[what] = value if within is None else {"within": within, "value": value}

    def note_outcome(self, what: str, outcome: Outcome) -> None:
        """Note a value that a call returned, or that it raised instead."""
        if outcome.raised:
            self.unasked.append(outcome)
        self.note(what, outcome.told)

    def note_failure(self, what: str, outcome: Outcome, *named: str) -> None:
        """Note whether a call raised, and whether its text names what it must."""
        said = {"raised": bool(outcome.raised) and outcome.raised != "NotImplementedError"}
        for word in named:
            said[f"names {word}"] = word in outcome.text
        self.note(what, said)

    def _ask(self, message: dict[str, Any]) -> dict[str, Any]:
        line = self._line or self._start()
        nonce = secrets.token_hex(8)
        try:
            line.send({**message, "nonce": nonce})
        except LineClosed:
            self._bury({})
        return self._await_reply(line, nonce)

    def _start(self) -> Line:
        """Have the submission imported."""
        assert not self._is_over, "a scenario makes no call after it has looked at what is left"
        told = {"file": self._file, "token": self._token}
        line = self._line = self._sandbox.start("examine", told)
        message = self._await_reply(line, None)
        if "loaded" not in message:
            self._bury(message)
        self._is_loaded = True
        return line

    def _await_reply(self, line: Line, nonce: str | None) -> dict[str, Any]:
        until = time.monotonic() + self._sandbox.limits.wall_s
        try:
            while True:
                message = line.receive(until)
                if "waited" in message:
                    self._go_on(message["waited"])
                    line.send({"ok": True})
                elif message.get("nonce") == nonce:
                    return message
                else:
                    raise LineBroken("a reply to nothing that was asked")
        except TimeoutError:
            self._bury({"timeout": True})
        except LineClosed:
            self._bury({})
        except (LineBroken, TypeError, ValueError) as error:
            self._bury({"broken": str(error)})

    def _go_on(self, seconds: Any) -> None:
        self._waits += 1
        if not isinstance(seconds, (int, float)) or not 0 <= seconds < 1e7:
            raise LineBroken("a wait that is none")
        if self._waits > _MOST_WAITS:
            raise LineBroken("waits without end")
        self.elapsed_s = round(self.elapsed_s + float(seconds), 3)

    def _bury(self, message: dict[str, Any]) -> NoReturn:
        """Find out how the process ended, and say so."""
        self._is_over = True
        ended = self._sandbox.end(grace_s=0.0 if "timeout" in message else 2.0)
        if self._line is not None:
            self._line.close()
            self._line = None
        verdict, text = self._how_it_ended(message, ended)
        raise Died(verdict, text, at_import=not self._is_loaded)

    def _how_it_ended(self, message: dict[str, Any], ended: Ended) -> tuple[Verdict, str]:
        limits = self._sandbox.limits
        if "refused" in message:
            text = str(message["refused"])
            verdict: Verdict = "raised"
            if "MemoryError" in text:
                verdict = "memory"
            elif "ended the program" in text:
                verdict = "exited"
            elif message.get("cause") == "missing":
                verdict = "wrong"
            return verdict, text
        if "timeout" in message:
            return "timeout", f"it came to no end within {limits.wall_s:g} s, and was stopped"
        if "broken" in message:
            return "wrong", f"it wrote into the grader's own line: {message['broken']}"
        if ended.code is not None and ended.code < 0:
            if ended.code == -24:
                return "timeout", f"it used {limits.cpu_s} s of processor time"
            if ended.code == -9 and ended.peak_mb > limits.memory_mb:
                return "memory", "it ran out of memory"
            return "crashed", f"its process was killed by signal {-ended.code}"
        return "exited", f"it ended its process (exit code {ended.code})"


@dataclasses.dataclass(frozen=True)
class FlowRun:
    """A flow run, as the engine's database has it.

    Attributes:
        id: Its id.
        name: Its name.
        flow: Its flow's name.
        states: The names of its states, in order.
        message: What its last state says.
        parameters: What it was called with.
        tags: Its tags.
        parent: The id of the flow run that it is a child of; None without.
    """

    id: str
    name: str
    flow: str
    states: list[str]
    message: str
    parameters: dict[str, Any]
    tags: list[str]
    parent: str | None


def read_flow_runs(database: sqlite3.Connection, since: datetime.datetime) -> list[FlowRun]:
    """Read the flow runs that were made since a moment, in the order in which they were made."""
    rows = database.execute(
        """
        SELECT run.id, run.name, flow.name AS flow, run.parameters, run.tags,
               task.flow_run_id AS parent, run.created
        FROM flow_run AS run JOIN flow ON flow.id = run.flow_id
        LEFT JOIN task_run AS task ON task.id = run.parent_task_run_id
        WHERE run.created >= ? ORDER BY run.created
        """,
        (since.strftime("%Y-%m-%d %H:%M:%S.%f"),),
    ).fetchall()
    found = []
    for row in rows:
        states = database.execute(
            "SELECT name, message FROM flow_run_state WHERE flow_run_id = ? ORDER BY timestamp",
            (row["id"],),
        ).fetchall()
        found.append(
            FlowRun(
                id=row["id"],
                name=row["name"],
                flow=row["flow"],
                states=[state["name"] for state in states],
                message=(states[-1]["message"] or "") if states else "",
                parameters=json.loads(row["parameters"] or "{}"),
                tags=json.loads(row["tags"] or "[]"),
                parent=row["parent"],
            )
        )
    return found


@dataclasses.dataclass(frozen=True)
class EngineAccount:
    """What Prefect's engine told of one scenario's task runs.

    Attributes:
        task_runs: In the order in which they began: `function`, `states`, `delays_s`, `tags`.
        logs: What was logged in runs: level and message.
    """

    task_runs: list[dict[str, Any]]
    logs: list[Any]

    def of(self, function: str) -> list[dict[str, Any]]:
        """Return the runs of one task."""
        return [run for run in self.task_runs if run.get("function") == function]


Scenario = Callable[[Desk], None]


def examines(*tasks: int) -> Callable[[Scenario], Scenario]:
    """Declare a function to be a scenario, and which tasks it examines."""

    def declare(function: Scenario) -> Scenario:
        function.tasks = tasks  # type: ignore[attr-defined]
        return function

    return declare


def compare(seen: dict[str, Any], expected: dict[str, Any]) -> tuple[Difference, ...]:
    """Compare what was noted of a submission with what was noted of the reference."""
    differences = []
    for what in [*expected, *(one for one in seen if one not in expected)]:
        if what not in seen or what not in expected or not is_same(seen[what], expected[what]):
            differences.append(
                Difference(
                    what=what,
                    seen=_shown(seen.get(what, "nothing")),
                    expected=_shown(expected.get(what, "nothing")),
                )
            )
    return tuple(differences)


def is_same(seen: Any, expected: Any, within: float = 1e-9) -> bool:
    """Say whether two pieces of evidence are the same.

    Types must be the same, floats nearly equal; a number of numpy's is the number that it holds.
    """
    seen, expected = _number_of(seen), _number_of(expected)
    if type(seen) is not type(expected):
        return False
    if isinstance(expected, float):
        both_nan = math.isnan(seen) and math.isnan(expected)
        return both_nan or math.isclose(seen, expected, rel_tol=1e-6, abs_tol=within)
    if isinstance(expected, dict):
        if expected.keys() == {"within", "value"}:
            within = float(expected["within"])
        return seen.keys() == expected.keys() and all(
            is_same(seen[key], value, within) for key, value in expected.items()
        )
    if isinstance(expected, (list, tuple)):
        return len(seen) == len(expected) and all(
            is_same(one, other, within) for one, other in zip(seen, expected, strict=True)
        )
    return bool(seen == expected)


def _number_of(value: Any) -> Any:
    if isinstance(value, dict) and value.keys() == {"numpy"}:
        inner = value["numpy"]
        return inner if type(inner) in (int, float, bool) else value
    return value


def _shown(value: Any) -> str:
    try:
        text = json.dumps(value, default=str, ensure_ascii=False)
    except (TypeError, ValueError):
        text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 4] + " ..."

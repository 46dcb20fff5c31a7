"""What a scenario works with: it makes calls in the sandbox, and notes evidence outside of it.

A scenario is a function that takes a `Desk`. It draws its inputs from `desk.rng`, makes its calls,
and notes what is to be compared. It runs twice, once with the submission and once with the
reference, each in a sandbox of its own, with the same draws; what was noted must be the same. So
it notes what the kata's page asks for and leaves out what is the learner's choice.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
import random
import secrets
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

from dojo.grading.guard import Sandbox
from dojo.grading.marks import Difference, Verdict
from dojo.grading.outside_api import Host, OutsideApi
from dojo.grading.wire import Line, LineBroken, LineClosed, pack_argument, unpack

_LONGEST_SHOWN = 300
_MOST_WAITS = 2000


class Died(Exception):
    """The process that held the submission came to an end that no call asked for."""

    def __init__(self, verdict: Verdict, message: str) -> None:
        """Say how."""
        super().__init__(message)
        self.verdict: Verdict = verdict
        self.message = message


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What came of one call.

    Attributes:
        returned: The value, as `wire.unpack` reads it; None also when it raised.
        raised: The name of the exception's type; empty when it returned.
        text: The exception's text.
        where: The submission's line it came from.
        kinds: The names of all types that the exception is of.
    """

    returned: Any
    raised: str = ""
    text: str = ""
    where: str = ""
    kinds: tuple[str, ...] = ()

    @property
    def told(self) -> Any:
        """Return the value, or the type of the exception as evidence."""
        return {"raised": self.raised} if self.raised else self.returned


class Desk:
    """The supervisor's side of one scenario."""

    def __init__(self, sandbox: Sandbox, host: Host, file: str, rng: random.Random) -> None:
        """Start the process and have it import the submission.

        Args:
            sandbox: Where it runs.
            host: Serves the scenario's API.
            file: The submission's file in the sandbox's folder `given`.
            rng: Draws the inputs.

        Raises:
            Died: The submission cannot be imported.
        """
        self.rng = rng
        self.evidence: dict[str, Any] = {}
        self.unasked: list[Outcome] = []
        self.elapsed_s = 0.0
        self.api = host.api = OutsideApi(sandbox.port, lambda: self.elapsed_s)
        self._waits = 0
        self._sandbox = sandbox
        self._is_over = False
        self._known_flow_runs: set[str] = set()
        self._line: Line = sandbox.start("examine", {"file": file})
        message = self._await_reply(None)
        if "loaded" not in message:
            self._bury(message)

    @property
    def folder(self) -> Path:
        """Return the folder inside that the submission may write to."""
        return self._sandbox.folder / "work"

    def write(self, name: str, text: str) -> str:
        """Put a file where the submission may only read it; return its path inside."""
        return self._sandbox.write("given", name, text)

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
            return Outcome(unpack(reply["returned"]))
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

    def engine(self) -> EngineAccount:
        """Return what Prefect's engine says of the task runs so far."""
        reply = self._ask({"do": "engine"})
        return EngineAccount(list(reply.get("task_runs", [])), list(reply.get("logs", [])))

    def end(self) -> None:
        """Kill the process; what it has left can be read after that."""
        if not self._is_over:
            self._is_over = True
            self._line.close()
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
                connection.execute("PRAGMA trusted_schema = OFF")
                connection.row_factory = sqlite3.Row
                yield connection

    def note(self, what: str, value: Any) -> None:
        """Note evidence: a plain value under a name that a person understands."""
        self.evidence[what] = value

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
        nonce = secrets.token_hex(8)
        try:
            self._line.send({**message, "nonce": nonce})
        except LineClosed:
            self._bury({})
        return self._await_reply(nonce)

    def _await_reply(self, nonce: str | None) -> dict[str, Any]:
        until = time.monotonic() + self._sandbox.limits.wall_s
        try:
            while True:
                message = self._line.receive(until)
                if "waited" in message:
                    self._go_on(message["waited"])
                    self._line.send({"ok": True})
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
        self._line.close()
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
            raise Died(verdict, text)
        if "timeout" in message:
            raise Died("timeout", f"it came to no end within {limits.wall_s:g} s, and was stopped")
        if "broken" in message:
            raise Died("wrong", f"it wrote into the grader's own line: {message['broken']}")
        if ended.code is not None and ended.code < 0:
            if ended.code == -24:
                raise Died("timeout", f"it used {limits.cpu_s} s of processor time")
            if ended.code == -9 and ended.peak_mb > limits.memory_mb:
                raise Died("memory", "it ran out of memory")
            raise Died("crashed", f"its process was killed by signal {-ended.code}")
        raise Died("exited", f"it ended its process (exit code {ended.code})")


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


def is_same(seen: Any, expected: Any) -> bool:
    """Say whether two pieces of evidence are the same: types exactly, floats nearly."""
    if type(seen) is not type(expected):
        return False
    if isinstance(expected, float):
        both_nan = math.isnan(seen) and math.isnan(expected)
        return both_nan or math.isclose(seen, expected, rel_tol=1e-6, abs_tol=1e-9)
    if isinstance(expected, dict):
        return seen.keys() == expected.keys() and all(
            is_same(seen[key], value) for key, value in expected.items()
        )
    if isinstance(expected, (list, tuple)):
        return len(seen) == len(expected) and all(map(is_same, seen, expected))
    return bool(seen == expected)


def _shown(value: Any) -> str:
    try:
        text = json.dumps(value, default=str, ensure_ascii=False)
    except (TypeError, ValueError):
        text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 4] + " ..."

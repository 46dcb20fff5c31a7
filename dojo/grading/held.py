"""Hold the line to the process that has a submission, from its start until it is dead.

Scenarios that examine the same tasks take turns in one process, each with the submission imported
afresh and folders of its own: to fork and warm a process costs more than most scenarios do. What
one leaves behind can cost the same tasks only. See docs/decisions/0010-two-judgements.md.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from time import monotonic
from typing import Any, NoReturn

from dojo.grading.guard import Ended, Sandbox
from dojo.grading.marks import Verdict
from dojo.grading.wire import Line, LineBroken, LineClosed


class Died(Exception):
    """The process that held the submission came to an end that no call asked for."""

    def __init__(self, verdict: Verdict, message: str, *, at_import: bool = False) -> None:
        """Say how, and whether that was before any call."""
        super().__init__(message)
        self.verdict: Verdict = verdict
        self.message = message
        self.at_import = at_import


class Held:
    """The supervisor's side of such a process."""

    def __init__(self, sandbox: Sandbox, file: str) -> None:
        """Start nothing yet.

        Args:
            sandbox: Where it runs.
            file: The submission's file in the sandbox's folder `given`.
        """
        self._sandbox = sandbox
        self._file = file
        self._line: Line | None = None
        self._is_loaded = False
        self._go_on: Callable[[float], None] = lambda _: None

    def load(self, token: str, go_on: Callable[[float], None]) -> None:
        """Have the submission imported for a scenario, in the living process or in a new one.

        Args:
            token: Names the scenario's folders.
            go_on: Is told each wait, in seconds, before the submission goes on.

        Raises:
            Died: It cannot be imported.
        """
        self._go_on = go_on
        self._is_loaded = False
        told = {"file": self._file, "token": token}
        if self._line is None:
            self._line = self._sandbox.start("examine", told)
            message = self._await_reply(self._line, None)
        else:
            message = self.ask({"do": "load", **told})
        if "loaded" not in message:
            self._bury(message)
        self._is_loaded = True

    def ask(self, message: dict[str, Any]) -> dict[str, Any]:
        """Have the process do something, and wait for its reply.

        Raises:
            Died: It did not live to tell.
        """
        line = self._line
        assert line is not None
        nonce = secrets.token_hex(8)
        try:
            line.send({**message, "nonce": nonce})
        except LineClosed:
            self._bury({})
        return self._await_reply(line, nonce)

    def end(self) -> None:
        """Kill the process, if there is one."""
        if self._line is not None:
            self._line.close()
            self._line = None
            self._sandbox.end()

    def _await_reply(self, line: Line, nonce: str | None) -> dict[str, Any]:
        until = monotonic() + self._sandbox.limits.wall_s
        try:
            while True:
                message = line.receive(until)
                if "waited" in message:
                    seconds = message["waited"]
                    if not isinstance(seconds, (int, float)) or not 0 <= seconds < 1e7:
                        raise LineBroken("a wait that is none")
                    self._go_on(float(seconds))
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

    def _bury(self, message: dict[str, Any]) -> NoReturn:
        """Find out how the process ended, and say so."""
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

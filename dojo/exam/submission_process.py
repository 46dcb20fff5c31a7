"""Hold the line to the process that has a submission, from its start until it is dead.

Scenarios that examine the same tasks take turns in one process, each with the submission imported
afresh and folders of its own: to fork and warm a process costs more than most scenarios do. What
one leaves behind can cost the same tasks only. See docs/decisions/0010-two-judgements.md.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable, Iterable
from time import monotonic
from typing import Any, NoReturn, TypeVar

from pydantic import TypeAdapter

from dojo.exam.marks import Verdict, verdict_of_ending
from dojo.ground.endings import Ending
from dojo.sandbox.client import Sandbox
from dojo.wire.line import Line, LineBroken, LineClosed
from dojo.wire.replies import LOADED, WAITED, Refused, read_reply

_Kind = TypeVar("_Kind")


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

    def __init__(self, sandbox: Sandbox, file: str, lifts: Iterable[str] = ()) -> None:
        """Start nothing yet.

        Args:
            sandbox: Where it runs.
            file: The submission's file in the sandbox's folder `given`.
            lifts: The laws that do not hold in the kata.
        """
        self._lifts = list(lifts)
        self._sandbox = sandbox
        self._file = file
        self._line: Line | None = None
        self._is_loaded = False
        self._go_on: Callable[[float], None] = lambda _: None
        self._until = math.inf

    def load(self, token: str, go_on: Callable[[float], None], until: float = math.inf) -> None:
        """Have the submission imported for a scenario, in the living process or in a new one.

        Args:
            token: Names the scenario's folders.
            go_on: Is told each wait, in seconds, before the submission goes on.
            until: When the scenario must be over, on `time.monotonic()`.

        Raises:
            Died: It cannot be imported.
        """
        self._go_on, self._until = go_on, until
        self._is_loaded = False
        told = {"file": self._file, "token": token, "lifts": self._lifts}
        if self._line is None:
            self._line = self._sandbox.start("examine", told)
            reply = self._await_reply(self._line, None, LOADED)
        else:
            reply = self.ask({"do": "load", **told}, LOADED)
        if isinstance(reply, Refused):
            self._bury(refused=reply)
        self._is_loaded = True

    def ask(self, message: dict[str, Any], kind: TypeAdapter[_Kind]) -> _Kind:
        """Have the process do something, and wait for its reply.

        Args:
            message: What to do.
            kind: Of reply; any other is none.

        Raises:
            Died: It did not live to tell.
        """
        line = self._line
        assert line is not None
        nonce = secrets.token_hex(8)
        try:
            line.send({**message, "nonce": nonce})
        except LineClosed:
            self._bury()
        return self._await_reply(line, nonce, kind)

    def end(self) -> None:
        """Kill the process, if there is one."""
        if self._line is not None:
            self._line.close()
            self._line = None
            self._sandbox.end()

    def _await_reply(self, line: Line, nonce: str | None, kind: TypeAdapter[_Kind]) -> _Kind:
        began = monotonic()
        until = min(began + self._sandbox.limits.wall_s, self._until)
        try:
            while True:
                message = line.receive(until)
                if "waited" in message:
                    self._go_on(read_reply(message, WAITED).waited)
                    line.send({"ok": True})
                elif message.pop("nonce", None) == nonce:
                    return read_reply(message, kind)
                else:
                    raise LineBroken("a reply to nothing that was asked")
        except TimeoutError:
            self._bury(late_s=round(until - began, 1))
        except LineClosed:
            self._bury()
        except LineBroken as error:
            self._bury(broken=str(error))

    def _bury(
        self, refused: Refused | None = None, *, late_s: float | None = None, broken: str = ""
    ) -> NoReturn:
        """Find out how the process ended, and say so.

        Why it could not be loaded only the process itself can tell. That counts unless the one who
        saw its end has seen more than an exit.
        """
        ending = self._sandbox.end(grace_s=2.0 if late_s is None else 0.0)
        if late_s is not None:
            ending = Ending("timeout", limit_s=max(late_s, 0.0))
        if self._line is not None:
            self._line.close()
            self._line = None
        verdict, text = verdict_of_ending(ending), ending.told
        if refused is not None and ending.kind in ("exited", "stopped"):
            verdict, text = _why_refused(refused), refused.refused
        elif broken:
            verdict, text = "wrong", f"it wrote into the grader's own line: {broken}"
        raise Died(verdict, text, at_import=not self._is_loaded)


def _why_refused(refused: Refused) -> Verdict:
    if refused.ending is not None:
        return verdict_of_ending(refused.ending)
    return "wrong" if refused.cause == "missing" else "raised"

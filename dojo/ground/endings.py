"""Say how a process that holds a solution ended: one vocabulary, and one place that words it.

One that could not be started is no solution's ending: whoever starts it raises `EngineError` or
`GuardFault`.
"""

from __future__ import annotations

import errno
import signal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    Strict,
    StrictInt,
    TypeAdapter,
    ValidationError,
)
from pydantic.dataclasses import dataclass

from dojo.ground.foreign import first_fault

Kind = Literal[
    "exited",  # it ended itself
    "killed",  # a signal ended it
    "stopped",  # it hung up and lived on: whoever ran it killed it
    "timeout",  # it came to no end in the time that it had
    "memory",  # it ran out of memory
    "output",  # it wrote more than it may
]

_Code = Annotated[StrictInt, Field(ge=-64, lt=1 << 32)]
_Seconds = Annotated[float, Strict(), Field(ge=0, le=1e9, allow_inf_nan=False)]


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Ending:
    """How it ended.

    Attributes:
        kind: In one word.
        code: The exit code, negative for a signal; None where there is none, or nobody knows it.
        limit_s: The seconds that it had, if they are over: of the processor where `code` names a
            signal, else on the clock.
    """

    kind: Kind
    code: _Code | None = None
    limit_s: _Seconds | None = None

    @property
    def _with_code(self) -> str:
        return "" if self.code is None else f" (exit code {self.code})"

    @property
    def told(self) -> str:
        """Word it for who reads of a submission: `it ended its process (exit code 3)`."""
        if self.kind == "exited":
            return f"it ended its process{self._with_code}"
        if self.kind == "killed":
            return f"its process was killed by signal {-(self.code or 0)}"
        if self.kind == "timeout" and self.code is not None:
            return f"it used {self.limit_s or 0:g} s of processor time"
        if self.kind == "timeout":
            return f"it came to no end within {self.limit_s or 0:g} s, and was stopped"
        return {
            "stopped": "it closed the grader's own line, and was stopped",
            "memory": "it ran out of memory",
            "output": "it wrote more than it may",
        }[self.kind]

    @property
    def told_to_author(self) -> str:
        """Word it for who wrote the solution."""
        if self.kind == "exited":
            return (
                f"Your code ended the whole Python process{self._with_code}, as os._exit does."
                " A task must return or raise: an orchestrator cannot retry a process that is gone."
            )
        if self.kind == "killed":
            return (
                f"The Python process was killed ({_name_of(-(self.code or 0))}) while your code"
                " ran. SIGKILL often means that memory ran out; SIGSEGV, a broken library call."
            )
        if self.kind == "timeout":
            return f"Your code came to no end within {self.limit_s or 0:g} s, and was stopped."
        return {
            "stopped": "Your code closed the dojo's own pipe, and was stopped.",
            "memory": "Your code ran out of memory.",
            "output": "Your code wrote more than it may.",
        }[self.kind]


_ENDING = TypeAdapter(Ending)


def of_exit_code(code: int | None) -> Ending:
    """Return how a process ended, by its exit code.

    Args:
        code: Negative for a signal; None if it had not ended, and had to be killed.
    """
    if code is None:
        return Ending("stopped")
    return Ending("killed" if code < 0 else "exited", code)


def of_exception(error: BaseException) -> Ending | None:
    """Return what came to an end with an exception; None if nothing did: any program may raise."""
    if isinstance(error, MemoryError):
        return Ending("memory")
    if isinstance(error, OSError) and error.errno == errno.EFBIG:
        return Ending("output")
    return None


def read_ending(told: Any) -> Ending:
    """Read how a process ended, as another one tells it.

    Raises:
        ValueError: It tells no ending.
    """
    try:
        return _ENDING.validate_python(told)
    except ValidationError as error:
        raise ValueError(first_fault(error)) from None


def _own(ending: Ending) -> Ending:
    if ending.kind not in ("exited", "memory", "output"):
        raise ValueError("no process lives to tell that")
    return ending


# What a process may say of itself. Whoever saw how it ended knows better.
OwnWord = Annotated[Ending, AfterValidator(_own)]


def _name_of(number: int) -> str:
    return signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"

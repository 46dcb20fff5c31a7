"""Name the exit codes of `dojo`, and the way a command ends early with one of them."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class Exit(IntEnum):
    """What `dojo` tells the shell."""

    DONE = 0
    UNSOLVED = 1
    USAGE = 2
    ENVIRONMENT = 3
    AUTHOR_ERROR = 4
    INCOMPLETE = 5
    UNCONFIRMED = 6
    NEWER = 7
    INTERRUPTED = 130


class Stop(Exception):
    """The command ends here: one line for the person, one code for the shell."""

    def __init__(self, code: Exit, message: str) -> None:
        """Say why.

        Args:
            code: What the shell gets.
            message: One line: subject, rule, the value, the command that mends it.
        """
        super().__init__(message)
        self.code = code


class EngineError(Exception):
    """An engine does not start; the message says what to do."""


def check_choice(option: str, value: str, known: Iterable[str]) -> None:
    """Refuse a value that an option does not have.

    Raises:
        Stop: It names those that it has.
    """
    known = list(known)
    if value not in known:
        named = ", ".join(repr(one) for one in known)
        raise Stop(Exit.USAGE, f"{option} is {value!r}; it may be {named}")

"""Name the exit codes of `dojo`, and the way a command ends early with one of them."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What `dojo` tells the shell."""

    DONE = 0
    UNSOLVED = 1
    USAGE = 2
    ENVIRONMENT = 3
    AUTHOR_ERROR = 4
    INCOMPLETE = 5
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

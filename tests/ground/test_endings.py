"""How a process ended is one small record: made, read, and worded in one place."""

from __future__ import annotations

import errno
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from dojo.ground.endings import Ending, OwnWord, of_exception, of_exit_code, read_ending
from tests.junk import drawn

WORDS = {
    Ending("exited", 3): (
        "it ended its process (exit code 3)",
        "Your code ended the whole Python process (exit code 3), as os._exit does. A task must"
        " return or raise: an orchestrator cannot retry a process that is gone.",
    ),
    Ending("exited"): (
        "it ended its process",
        "Your code ended the whole Python process, as os._exit does. A task must"
        " return or raise: an orchestrator cannot retry a process that is gone.",
    ),
    Ending("killed", -11): (
        "its process was killed by signal 11",
        "The Python process was killed (SIGSEGV) while your code ran. SIGKILL often means that"
        " memory ran out; SIGSEGV, a broken library call.",
    ),
    Ending("killed", -63): (
        "its process was killed by signal 63",
        "The Python process was killed (signal 63) while your code ran. SIGKILL often means that"
        " memory ran out; SIGSEGV, a broken library call.",
    ),
    Ending("stopped"): (
        "it closed the grader's own line, and was stopped",
        "Your code closed the dojo's own pipe, and was stopped.",
    ),
    Ending("timeout", limit_s=2.5): (
        "it came to no end within 2.5 s, and was stopped",
        "Your code came to no end within 2.5 s, and was stopped.",
    ),
    Ending("timeout", -24, 120.0): (
        "it used 120 s of processor time",
        "Your code came to no end within 120 s, and was stopped.",
    ),
    Ending("memory"): ("it ran out of memory", "Your code ran out of memory."),
    Ending("output"): ("it wrote more than it may", "Your code wrote more than it may."),
}


@pytest.mark.parametrize(
    ("ending", "words"), WORDS.items(), ids=[f"{one.kind}{one.code or ''}" for one in WORDS]
)
def test_each_ending_has_its_words(ending: Ending, words: tuple[str, str]) -> None:
    assert (ending.told, ending.told_to_author) == words


def test_exit_code_tells_how_a_process_ended() -> None:
    assert [of_exit_code(code) for code in (0, 3, -9, None)] == [
        Ending("exited", 0),
        Ending("exited", 3),
        Ending("killed", -9),
        Ending("stopped"),
    ]


class Mimic(Exception):
    """Calls itself what it is not."""


Mimic.__name__ = "MemoryError"


@pytest.mark.parametrize(
    ("error", "ending"),
    [
        (MemoryError(), Ending("memory")),
        (OSError(errno.EFBIG, "File too large"), Ending("output")),
        (OSError(errno.ENOENT, "File too large"), None),
        (ValueError("MemoryError"), None),
        (Mimic("was killed"), None),
    ],
    ids=["memory", "output", "another", "words", "name"],
)
def test_exception_is_an_ending_by_what_it_is(error: Exception, ending: Ending | None) -> None:
    assert of_exception(error) == ending


def test_ending_that_was_told_is_read_or_refused() -> None:
    assert read_ending({"kind": "killed", "code": -9, "limit_s": None}) == Ending("killed", -9)
    for told in [*drawn(300), {}, {"kind": "killed", "more": 1}, {"kind": "killed", "code": "9"}]:
        with pytest.raises(ValueError, match=r"."):
            read_ending(told)


@pytest.mark.parametrize("kind", ["killed", "stopped", "timeout"])
def test_nobody_lives_to_tell_of_being_killed(kind: Any) -> None:
    told: Any = TypeAdapter(OwnWord)

    assert told.validate_python({"kind": "exited", "code": 0}) == Ending("exited", 0)
    with pytest.raises(ValidationError, match="no process lives to tell that"):
        told.validate_python({"kind": kind})

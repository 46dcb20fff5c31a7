"""What anybody has named or said is shown on a terminal, and does nothing there."""

from __future__ import annotations

import io
import json

import pytest

from dojo.cli import door
from dojo.ground.exits import Exit, Stop
from dojo.terminal.screen import Screen

HOSTILE = (
    "caf\udce9 \x1b[31mred\x9b2J\x1b]0;title\x07\r\n"
    "::error::forged\n ::set-output name=a::b ##[error]x"
)


def said(text: str) -> str:
    stream = io.StringIO()
    Screen(stream).say(text)
    return stream.getvalue()


def check_harmless(text: str) -> None:
    assert all(one.isprintable() for one in text.splitlines())
    assert not any(one.lstrip().startswith("::") for one in text.splitlines())
    assert "##[" not in text
    text.encode()


def test_control_characters_and_commands_of_a_workflow_are_shown_not_obeyed() -> None:
    check_harmless(said(f"dojo: left out: {HOSTILE}"))
    check_harmless(said(HOSTILE))
    assert "red" in said(HOSTILE)
    assert said("a path  with\ta tab") == "a path  with    a tab\n"


def test_fault_that_ends_a_command_is_shown_so(capsys: pytest.CaptureFixture[str]) -> None:
    def end() -> None:
        raise Stop(Exit.USAGE, f"there is no {HOSTILE}")

    assert door._guard(end) == Exit.USAGE
    told = capsys.readouterr()
    check_harmless(told.err)
    assert told.out == ""


def test_record_for_programs_is_what_it_was() -> None:
    stream = io.StringIO()
    record = {"said": HOSTILE * 5000, "n": [1, None]}
    Screen(stream).say_json(record)
    check_harmless(stream.getvalue())
    assert json.loads(stream.getvalue()) == record

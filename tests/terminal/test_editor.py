"""Which editor opens a learner's file, and where in it."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

import pytest

from dojo.terminal.companion.editor import command_to_open, line_of_task, open_in_editor
from tests.terminal.test_progress import make_kata

FILE = Path("/a b/demo.py")


@pytest.mark.parametrize(
    ("variables", "command"),
    [
        ({}, None),
        ({"EDITOR": " "}, None),
        ({"EDITOR": "nano -w"}, ["nano", "-w", "+7", "/a b/demo.py"]),
        ({"VISUAL": "/usr/bin/vim", "EDITOR": "nano"}, ["/usr/bin/vim", "+7", "/a b/demo.py"]),
        ({"EDITOR": "subl --wait"}, ["subl", "--wait", "/a b/demo.py"]),
        ({"EDITOR": "code --wait"}, ["code", "--wait", "-g", "/a b/demo.py:7"]),
        ({"TERM_PROGRAM": "vscode", "EDITOR": "nano"}, ["code", "-g", "/a b/demo.py:7"]),
        ({"DOJO_EDIT": "idea --line {line} {file}"}, ["idea", "--line", "7", "/a b/demo.py"]),
        ({"DOJO_EDIT": "vi", "TERM_PROGRAM": "vscode"}, ["vi", "+7", "/a b/demo.py"]),
    ],
    ids=["none", "empty", "nano", "visual", "no-line", "code", "vs-code", "filled", "own-first"],
)
def test_editor_is_the_learners(
    variables: dict[str, str], command: list[str] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: name if name == "code" else None)
    assert command_to_open(FILE, 7, variables) == command


def test_terminal_of_vs_code_without_its_command_uses_the_editor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    variables = {"TERM_PROGRAM": "vscode", "EDITOR": "nano"}
    assert command_to_open(FILE, 7, variables) == ["nano", "+7", "/a b/demo.py"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\n# TODO(kata): task 1\n# TODO(kata): task 2\n", 3),
        ("a\n# TODO(kata): tasko 1\n# TODO(kata): tasko 12\n# TODO(kata): tasko 2, b\n", 4),
        ("a\n# TODO(kata)\n", 2),
        ("a\n\nraise NotImplementedError\n", 3),
        ("a = 1\n", 1),
        (None, 1),
    ],
    ids=["task", "another-language", "gap", "stub", "filled", "no-file"],
)
def test_line_is_that_of_the_task(tmp_path: Path, text: str | None, line: int) -> None:
    kata = make_kata(tmp_path)
    kata.stub_file.unlink() if text is None else kata.stub_file.write_text(text)
    assert line_of_task(kata, 2) == line


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (f"{sys.executable} -c pass", ""),
        (f"{sys.executable} -c exit(3)", f"{sys.executable} ended with 3"),
        ("no-such-editor-here", "the editor does not start: [Errno 2]"),
        ("nano '", "the editor does not start: No closing quotation"),
    ],
    ids=["opens", "fails", "missing", "quote"],
)
def test_editor_that_does_not_start_is_said(command: str, said: str) -> None:
    told = open_in_editor(FILE, 1, contextlib.nullcontext(), {"DOJO_EDIT": command})
    assert told.startswith(said)
    assert bool(told) == bool(said)


def test_nobody_has_named_an_editor() -> None:
    assert open_in_editor(FILE, 1, contextlib.nullcontext(), {}) == (
        "no editor is known: set EDITOR, or DOJO_EDIT='code -g {file}:{line}'"
    )

"""Open what needs all of the terminal: an editor (VS Code's, $VISUAL, $EDITOR), or a replay."""

from __future__ import annotations

import pydoc
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from dojo.catalog.kata import Kata

# Those that take the line to go to as `+12`.
_WITH_LINE = {"vi", "vim", "nvim", "view", "nano", "emacs", "emacsclient", "micro", "kak", "joe"}
_OF_VS_CODE = {"code", "code-insiders", "codium", "cursor"}


def command_to_open(path: Path, line: int, variables: Mapping[str, str]) -> list[str] | None:
    """Return the command line that opens a file; None if no editor is known.

    DOJO_EDIT comes first: a command in which `{file}` and `{line}` stand for what is meant, or to
    which the file is added. Then, in a terminal of VS Code, VS Code; then $VISUAL and $EDITOR.

    Args:
        path: The file.
        line: Where in it, from 1.
        variables: Such as `os.environ`.
    """
    if own := variables.get("DOJO_EDIT", "").strip():
        words = shlex.split(own)
        filled = [_filled(word, path, line) for word in words]
        return filled if filled != words else _with_place(words, path, line)
    if variables.get("TERM_PROGRAM") == "vscode":
        names = [name for name in ("code", "code-insiders", "codium", "cursor") if _finds(name)]
        if names:
            return _with_place(names[:1], path, line)
    named = variables.get("VISUAL", "").strip() or variables.get("EDITOR", "").strip()
    return _with_place(shlex.split(named), path, line) if named else None


def line_of_task(kata: Kata, task: int) -> int:
    """Return the line of the learner's file where a task is; that of its first gap, else 1."""
    try:
        lines = kata.stub_file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return 1
    of_task = rf"TODO\(kata\): [^\W\d]+ {task}\b"  # in any language
    for mark in (of_task, r"TODO\(kata\)", "NotImplementedError"):
        for number, text in enumerate(lines, start=1):
            if re.search(mark, text):
                return number
    return 1


def open_in_editor(
    path: Path, line: int, lent: AbstractContextManager[None], variables: Mapping[str, str]
) -> str:
    """Open a file, and wait for an editor that works in this terminal.

    Args:
        path: The file.
        line: Where in it.
        lent: Gives the terminal to the editor.
        variables: Such as `os.environ`.

    Returns:
        Why it was not opened, in one line; else "".
    """
    try:
        command = command_to_open(path, line, variables)
        if command is None:
            return "no editor is known: set EDITOR, or DOJO_EDIT='code -g {file}:{line}'"
        with lent:
            code = subprocess.run(command, check=False).returncode
    except (OSError, ValueError) as error:  # not installed; a quote that does not end
        return f"the editor does not start: {error}; set DOJO_EDIT to one that does"
    return f"{command[0]} ended with {code}" if code else ""


def show_replay(kata: Kata, test: str, lent: AbstractContextManager[None], begins: str) -> None:
    """Show in the terminal's pager what an engine recorded of a test, as `dojo replay` does.

    Args:
        kata: The kata.
        test: The test's name; empty: the one that `dojo replay` takes.
        lent: Gives the terminal to the pager.
        begins: What is said until there is something to show: the test runs for it.
    """
    command = [sys.executable, "-m", "dojo", "replay", kata.called, *filter(None, [test])]
    with lent:
        print(begins, flush=True)
        done = subprocess.run(
            command, cwd=kata.root, capture_output=True, text=True, encoding="utf-8", check=False
        )
        pydoc.pager(done.stdout or done.stderr)


def _filled(word: str, path: Path, line: int) -> str:
    return word.replace("{file}", str(path)).replace("{line}", str(line))


def _with_place(words: list[str], path: Path, line: int) -> list[str]:
    name = Path(words[0]).stem
    if name in _OF_VS_CODE:
        return [*words, "-g", f"{path}:{line}"]
    return [*words, *([f"+{line}"] if name in _WITH_LINE else []), str(path)]


def _finds(name: str) -> bool:
    return shutil.which(name) is not None

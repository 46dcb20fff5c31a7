"""What a sandbox told before it went is what is said of it."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dojo.place.carried import ARCHIVE
from dojo.sandbox.client import GuardFault, Sandbox
from dojo.sandbox.walls import Limits, hidden_paths, interpreter_paths
from dojo.wire.line import Line

ASKS: dict[str, Callable[[Sandbox], Any]] = {
    "open": lambda box: box.open([]),
    "read": lambda box: box.read("left"),
    "write": lambda box: box.write("work", "name", "text"),
}


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_SEQPACKET])
@pytest.mark.parametrize("ask", ASKS)
@pytest.mark.parametrize("said", ["FileExistsError: work", ""])
def test_last_word_is_heard_over_the_reset(
    tmp_path: Path, kind: socket.SocketKind, ask: str, said: str
) -> None:
    ours, theirs = socket.socketpair(type=kind)
    box = Sandbox(Line(ours), 0, tmp_path, tmp_path / "log", tmp_path, Limits())
    if said:
        Line(theirs).send({"fault": said})
    Line(ours).send({"do": "something that is never read"})  # so that the end resets the line
    theirs.close()
    with pytest.raises(GuardFault) as caught:
        ASKS[ask](box)
    assert caught.value.why == said or (not said and "the sandbox" in caught.value.why)
    ours.close()


def test_packages_of_an_environment_below_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without them the tests' process ended in each sandbox, and each submission had no points."""
    below = tmp_path / "base" / "site-packages"
    for folder in (below, tmp_path / "mine"):
        folder.mkdir(parents=True)
        monkeypatch.syspath_prepend(folder)

    assert below in interpreter_paths()
    assert tmp_path / "mine" not in interpreter_paths()


@pytest.mark.parametrize("linked", [False, True])
def test_work_beside_the_programs_of_an_environment_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, linked: bool
) -> None:
    """`pip install -e git+...` clones into the environment's `src`; others make it in a clone."""
    (tmp_path / "env" / "src" / "ml-dojo" / "reference").mkdir(parents=True)
    (tmp_path / "env" / "lib").mkdir()
    (tmp_path / "env" / "lib64").symlink_to("lib")
    (tmp_path / "link").symlink_to("env")
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ("link" if linked else "env")))

    found = [one for one in interpreter_paths() if tmp_path in one.parents]
    assert found == [tmp_path / "env" / "lib", tmp_path / "env" / "lib64"]


def test_python_that_is_a_link_to_another_environments_can_be_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made with uv on Python 3.10 each leads to the one before: no program began in there."""
    before = Path(sys.executable).resolve()
    for name in ("below", "above"):
        (program := tmp_path / name / "bin" / "python").parent.mkdir(parents=True)
        program.symlink_to(before)
        before = program
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "above"))

    shown = interpreter_paths()
    assert tmp_path / "below" / "bin" / "python" in shown
    assert tmp_path / "above" / "bin" in shown


def test_katas_in_another_environments_wheel_are_hidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / "site-packages" / "dojo" / ARCHIVE
    archive.parent.mkdir(parents=True)
    archive.touch()
    monkeypatch.syspath_prepend(archive.parents[1])

    assert archive in hidden_paths()

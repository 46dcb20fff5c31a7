"""What a kata was before somebody filled it: Git's last commit knows; without Git, nobody."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dojo.catalog.handed_out import handed_out, is_in_git, names_handed_out
from dojo.ground.paths import PACKAGE_ROOT

STUB = "# café\r\nraise NotImplementedError\n".encode()


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A committed stub, in a folder of any name; the working directory is elsewhere."""
    monkeypatch.setenv("HOME", str(tmp_path))  # no settings of the user's own
    folder = tmp_path / "l'été [1] #2 50%" / "katas" / "02_retries"
    folder.mkdir(parents=True)
    (folder / "retries.py").write_bytes(STUB)
    who = ("-c", "user.name=anna", "-c", "user.email=anna@example.org")
    for words in (["init", "-q"], ["add", "."], [*who, "commit", "-q", "-m", "hand out"]):
        subprocess.run(["git", *words], cwd=folder.parents[1], check=True)
    return folder / "retries.py"


@pytest.mark.parametrize("now", [STUB, b"def solved(): ...", b"(\0\xff", None])
def test_stub_is_the_last_commits(file: Path, now: bytes | None) -> None:
    file.unlink()
    if now is not None:
        file.write_bytes(now)

    assert handed_out(file) == STUB


def test_what_no_commit_knows_is_as_it_is(file: Path) -> None:
    new = file.with_name("new.py")
    new.write_bytes(b"new")

    assert handed_out(new) == b"new"
    with pytest.raises(FileNotFoundError):
        handed_out(file.with_name("nothing.py"))


def test_names_are_those_that_git_knows(file: Path) -> None:
    file.with_name("notes.txt").touch()
    (file.parent / "__pycache__").mkdir()
    file.unlink()

    assert names_handed_out(file.parent) == {"retries.py"}
    assert is_in_git(file.parent)


def test_clone_on_windows_has_the_line_ends_that_were_handed_out(file: Path) -> None:
    stub = b"raise NotImplementedError\n"
    shutil.copyfile(PACKAGE_ROOT / ".gitattributes", file.parents[2] / ".gitattributes")
    file.write_bytes(stub)
    who = ("-c", "user.name=anna", "-c", "user.email=anna@example.org")
    for words in (["add", "."], [*who, "commit", "-q", "-m", "hand out"]):
        subprocess.run(["git", *words], cwd=file.parents[2], check=True)
    clone = file.parents[3] / "clone"
    words = ["clone", "-q", "-c", "core.autocrlf=true", file.parents[2], clone]
    subprocess.run(["git", *words], check=True)

    assert (clone / "katas" / "02_retries" / "retries.py").read_bytes() == stub


@pytest.mark.parametrize("without", ["program", "repository", "commit"])
def test_without_git_files_are_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, without: str
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    file = tmp_path / "retries.py"
    file.write_bytes(b"filled")
    if without == "commit":
        subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    if without == "program":
        monkeypatch.setenv("PATH", str(tmp_path))

    assert handed_out(file) == b"filled"
    assert names_handed_out(tmp_path) >= {"retries.py"}
    assert not is_in_git(tmp_path)


@pytest.mark.parametrize("how", ["as handed out", "filled", "removed", "another file"])
def test_lint_leaves_out_what_is_being_filled(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    root, log = file.parents[2], tmp_path / "log"
    (root / ".ci").mkdir()
    shutil.copy(PACKAGE_ROOT / ".ci" / "lint.py", root / ".ci")
    ruff = tmp_path / "bin" / "ruff"
    ruff.parent.mkdir()
    ruff.write_text(f'#!/bin/sh\necho "$@" >> {log}\ntest "$1" = check\n')
    ruff.chmod(0o755)
    monkeypatch.setenv("PATH", str(ruff.parent), prepend=":")
    if how == "removed":
        file.unlink()
    elif how != "as handed out":
        (file if how == "filled" else file.with_name("test_retries.py")).write_bytes(b"def (")

    done = subprocess.run([sys.executable, str(root / ".ci" / "lint.py")], check=False)

    left_out = '["katas/02_retries/retries.py"]' if how in ("filled", "removed") else "[]"
    assert log.read_text().splitlines() == [
        f"check --config extend-exclude={left_out} .",
        f"format --check --config extend-exclude={left_out} .",
    ]
    assert done.returncode == 1, "what one of the two found got lost"

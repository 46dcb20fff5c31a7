"""What a kata was before somebody filled it: Git's last commit knows; without Git, nobody."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from dojo.handed_out import handed_out, is_in_git, names_handed_out

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
        subprocess.run(["git", *words], cwd=folder.parent, check=True)
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

"""In a clone newer katas come with Git: what was solved stays known."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dojo.catalog.handed_out import handed_out, known_stub
from dojo.catalog.kata import Kata, load_catalog
from dojo.catalog.progress import fingerprint, record_progress, standing, take_over
from dojo.catalog.verdict import KataVerdict, TestVerdict
from dojo.cli.door import app
from dojo.ground.exits import Exit
from dojo.place import backups
from dojo.terminal.companion.course import first_unsolved
from tests.place.made_up_place import SOLVED, STUB, write_newer_pack, write_pack

GIT = ("git", "-c", "user.name=A", "-c", "user.email=a@example.org")


def git(root: Path, *words: str) -> None:
    subprocess.run([*GIT, *words], cwd=root, check=True, capture_output=True)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone in which 01 is solved; the other repository has newer katas."""
    origin, clone = tmp_path / "origin", tmp_path / "clone"
    write_pack(origin)
    (origin / ".gitignore").write_text(".dojo/\n")
    git(origin, "init", "-q", "-b", "main")
    git(origin, "add", "-A")
    git(origin, "commit", "-qm", "older")
    git(tmp_path, "clone", "-q", "origin", "clone")
    kata = load_catalog(clone)[0]
    kata.stub_file.write_text(SOLVED)
    green = (TestVerdict("test_one", 1, True, "passed", "", 0.1),)
    record_progress(kata, KataVerdict(kata.id, "learner", green, 0.1), fingerprint(kata))
    write_newer_pack(tmp_path / "newer", origin)
    for path in (tmp_path / "newer/katas").rglob("*.*"):
        target = origin / path.relative_to(tmp_path / "newer")
        if target.exists() and not path.name.startswith("alpha"):
            target.write_bytes(path.read_bytes())
    git(origin, "commit", "-qam", "newer")
    return clone


def pulled(clone: Path) -> Kata:
    git(clone, "pull", "-q", "--no-rebase")
    return load_catalog(clone)[0]


def test_solved_kata_is_changed_after_a_pull(clone: Path) -> None:
    kata = pulled(clone)

    assert standing(kata).changed
    found = first_unsolved(load_catalog(clone))
    assert found is not None
    assert found.id == "02_beta"


def test_older_record_is_found_again_in_the_history(clone: Path) -> None:
    path = clone / ".dojo/progress.json"
    record = json.loads(path.read_text())
    record["katas"]["01_alpha"] = {key: record["katas"]["01_alpha"][key] for key in ("of", "tasks")}
    path.write_text(json.dumps(record))
    kata = pulled(clone)
    assert not standing(kata).changed

    take_over(load_catalog(clone))

    assert standing(kata).changed
    before = path.read_bytes()
    take_over(load_catalog(clone))
    assert path.read_bytes() == before


def test_fresh_checkout_of_the_same_files_stays_solved(clone: Path) -> None:
    kata = load_catalog(clone)[0]
    for path in clone.glob("katas/*/*.*"):
        content = path.read_bytes()
        path.unlink()
        path.write_bytes(content.replace(b"\n", b"\r\n"))

    assert standing(kata).solved


def test_stub_is_the_last_commits(clone: Path) -> None:
    assert handed_out(clone / "katas/01_alpha/alpha.py") == STUB.encode()


def test_stub_is_found_behind_what_a_learner_committed(clone: Path) -> None:
    file = clone / "katas/01_alpha/alpha.py"
    half = STUB.replace("    # TODO(kata): task 1, one.\n", "")
    for text in (half, half + "# more\n", SOLVED):
        file.write_text(text)
        git(clone, "commit", "-qam", "mine")

    assert handed_out(file) == SOLVED.encode()
    assert known_stub(file) == STUB.encode()


def test_stub_of_an_older_time_does_not_come_back(clone: Path) -> None:
    file = clone / "katas/01_alpha/alpha.py"
    shorter = STUB.replace("    # TODO(kata): task 1, one.\n", "")
    file.write_text(shorter)
    (file.parent / "README.md").write_text("# one task less\n")
    git(clone, "commit", "-qam", "ours")
    assert known_stub(file) == shorter.encode()
    file.write_text(SOLVED)
    git(clone, "commit", "-qam", "mine")

    assert known_stub(file) == shorter.encode()


def test_committed_solution_is_reset_and_compared_with_the_stub(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = clone / "katas/01_alpha/alpha.py"
    git(clone, "commit", "-qam", "mine")
    monkeypatch.chdir(clone)

    compared = CliRunner().invoke(app, ["solution", "01", "--json"])
    done = CliRunner().invoke(app, ["reset", "01", "--yes"])
    pulled_again = CliRunner().invoke(app, ["update"])

    assert json.loads(compared.stdout)["differences"] == []
    assert done.exit_code == Exit.DONE, done.output
    assert file.read_text() == STUB
    assert [one.path.read_text() for one in backups.found(clone, "01_alpha")] == [SOLVED]
    assert pulled_again.exit_code == Exit.USAGE
    assert "'git pull' brings newer katas" in pulled_again.stderr

"""`dojo init` and `dojo update`: whole folders, and not a byte of a learner's lost."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dojo.catalog.kata import load_catalog
from dojo.catalog.progress import fingerprint, record_progress, standing
from dojo.catalog.verdict import KataVerdict, TestVerdict
from dojo.cli.door import app
from dojo.ground.exits import Exit
from dojo.ground.paths import PACKAGE_ROOT, find_root
from dojo.place import backups, environment, state
from dojo.place.bringing import bring
from dojo.place.carried import carried
from dojo.place.pack import read_pack
from dojo.place.resets import carry_out
from dojo.place.resets import whole as whole_stub
from tests.place.made_up_place import (
    NEW,
    OLD,
    SOLVED,
    STUB,
    bytes_of,
    hands_out,
    killed_at,
    write_newer_pack,
    write_pack,
)

HALF = "def one():\n    # half an idea\n    raise NotImplementedError\n"
NEWER_STUB = STUB.replace("one() -> int", "one(more: int = 0) -> int")


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_pack(tmp_path / "old")
    write_newer_pack(tmp_path / "new", tmp_path / "old")
    hands_out(monkeypatch, tmp_path / "old", OLD)
    monkeypatch.chdir(tmp_path)
    for name in ("DOJO_LANG", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    return tmp_path / "old"


@pytest.fixture
def newer(old: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    return lambda: hands_out(monkeypatch, old.with_name("new"), NEW)


@pytest.fixture
def place(old: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace of the older version, in which the commands are given."""
    assert dojo("init", "place", "--no-venv").exit_code == Exit.DONE
    place = old.with_name("place")
    monkeypatch.chdir(place)
    return place


def dojo(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def solve(place: Path, number: int) -> None:
    kata = load_catalog(place)[number - 1]
    kata.stub_file.write_text(SOLVED)
    green = (TestVerdict("test_one", 1, True, "passed", "", 0.1),)
    record_progress(kata, KataVerdict(kata.id, "learner", green, 0.1), fingerprint(kata))


# Made


def test_init_makes_pages_stubs_tests_and_settings(place: Path) -> None:
    made = set(bytes_of(place))

    assert {
        "README.md",
        "conftest.py",
        "constraints.txt",
        "pyproject.toml",
        "requirements.txt",
        ".gitignore",
        "katas/01_alpha/README.md",
        "katas/01_alpha/README.fr.md",
        "katas/01_alpha/alpha.py",
        "katas/01_alpha/test_alpha.py",
        "katas/01_alpha/kata.toml",
        "reference/01_alpha/alpha.py",
        ".dojo/original/katas/01_alpha/alpha.py",
        ".dojo/workspace.json",
    } <= made
    assert not [name for name in made if "exam" in name or "answers" in name]
    assert find_root(place / "katas/01_alpha") == place
    assert f"ml-dojo[prefect]=={OLD}" in (place / "requirements.txt").read_text()


def test_init_says_where_and_what_next(old: Path) -> None:
    assert dojo("init", "a b", "--no-venv").stdout == (
        "Your katas are in 'a b'.\nNext: cd 'a b' && dojo\n"
    )


def test_init_commits_what_it_made(place: Path) -> None:
    def git(*words: str) -> str:
        return subprocess.run(
            ["git", *words], cwd=place, check=True, capture_output=True, text=True
        ).stdout

    assert git("log", "--format=%s") != ""
    assert git("status", "--porcelain") == ""
    assert ".dojo/original/katas/01_alpha/alpha.py" in git("ls-files")


def test_init_within_a_repository_begins_no_other(old: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=old.parent, check=True)

    assert dojo("init", "place", "--no-venv").exit_code == Exit.DONE
    assert not (old.parent / "place/.git").exists()


def test_init_without_git_is_a_workspace_too(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment.shutil, "which", lambda _: None)

    assert dojo("init", "place", "--no-venv").exit_code == Exit.DONE
    assert not (old.parent / "place/.git").exists()


def test_track_has_its_katas_and_its_packages_only(old: Path) -> None:
    dojo("init", "place", "--track", "dagster", "--no-venv")
    place = old.with_name("place")

    assert [kata.id for kata in load_catalog(place)] == ["03_gamma"]
    assert [path.name for path in (place / "reference").iterdir()] == ["03_gamma"]
    assert "ml-dojo[dagster]" in (place / "requirements.txt").read_text()


def test_french_workspace_speaks_french(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dojo("init", "place", "--lang", "fr", "--no-venv")
    monkeypatch.chdir(old.with_name("place"))

    assert "Vos katas" in Path("README.md").read_text(encoding="utf-8")
    assert "katas/01_alpha/README.fr.md" in dojo("list").stdout
    assert "Démo" in dojo("list").stdout
    assert "Demo" in dojo("list", "--lang", "en").stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["taken"], "is not empty, it holds 'file'; name a folder that is new"),
        (["taken/file"], "is a file; name a folder that is new, or empty"),
        (["a", "--track", "x"], "--track is 'x'; it may be 'prefect'"),
        (["a", "--lang", "de"], "--lang is 'de'; it may be 'en', 'fr'"),
    ],
)
def test_init_refuses_in_one_line(old: Path, words: list[str], said: str) -> None:
    old.with_name("taken").mkdir()
    old.with_name("taken").joinpath("file").touch()

    result = dojo("init", *words, "--no-venv")

    assert (result.exit_code, result.stderr.count("\n")) == (Exit.USAGE, 1)
    assert said in result.stderr


def test_init_of_a_whole_workspace_leads_to_update(place: Path) -> None:
    before = bytes_of(place)
    result = dojo("init", ".", "--no-venv")

    assert result.exit_code == Exit.USAGE
    assert "is a workspace already; in it 'dojo update' brings newer katas" in result.stderr
    assert bytes_of(place) == before


def test_progress_of_an_earlier_folder_is_taken_over(old: Path) -> None:
    dojo("init", "place", "--no-venv")
    place = old.with_name("place")
    solve(place, 1)
    other = old.with_name("other")
    (other / ".dojo").mkdir(parents=True)
    shutil.copy(place / ".dojo/progress.json", other / ".dojo/progress.json")

    assert dojo("init", "other", "--no-venv").exit_code == Exit.DONE
    shutil.copy(place / "katas/01_alpha/alpha.py", other / "katas/01_alpha/alpha.py")
    assert standing(load_catalog(other)[0]).solved


def test_real_katas_make_a_workspace_whose_links_lead_somewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert dojo("init", "place", "--no-venv").exit_code == Exit.DONE
    place = tmp_path / "place"

    assert len(load_catalog(place)) == len(load_catalog(PACKAGE_ROOT))
    assert set(carried(PACKAGE_ROOT)) < set(bytes_of(place))
    leads_nowhere = {
        link
        for page in place.rglob("*.md")
        for link in re.findall(r"\]\((?!\w+:|#)([^)#]+)", page.read_text(encoding="utf-8"))
        if not (page.parent / link).exists()
    }
    assert leads_nowhere <= {"../../tests/airflow/"}  # they are the repository's own


# Brought up to date


def test_update_replaces_pages_tests_and_untouched_stubs(place: Path, newer: Callable) -> None:
    newer()
    result = dojo("update", "--no-venv")

    assert result.exit_code == Exit.DONE, result.stderr
    assert (place / "katas/01_alpha/alpha.py").read_text() == NEWER_STUB
    assert "# newer" in (place / "katas/01_alpha/test_alpha.py").read_text()
    assert (place / "katas/01_alpha/README.md").read_text() == "# newer\n"
    assert "# newer" in (place / "conftest.py").read_text()
    assert f"=={NEW}" in (place / "requirements.txt").read_text()
    assert "your file stays" not in result.stdout
    aside = sorted(path.name.split(".")[0] for path in (place / ".dojo/backups").iterdir())
    assert aside == ["katas-03_gamma", "reference-03_gamma"]


def test_solved_and_half_edited_katas_keep_every_byte(place: Path, newer: Callable) -> None:
    solve(place, 1)
    (place / "katas/02_beta/beta.py").write_text(HALF)
    (place / "katas/03_gamma/notes.txt").write_text("mine")
    newer()

    result = dojo("update", "--no-venv")

    assert (place / "katas/01_alpha/alpha.py").read_text() == SOLVED
    assert (place / "katas/02_beta/beta.py").read_text() == HALF
    for slug in ("01_alpha/alpha", "02_beta/beta"):
        assert (place / f".dojo/original/katas/{slug}.py").read_text() == NEWER_STUB
        line = f"katas/{slug}.py: your file stays; in the new stub, .dojo/original/katas/{slug}.py"
        assert f"{line}: one has another signature\n" in result.stdout
    assert "01_alpha has changed since you solved it: dojo run 01" in result.stdout
    assert "katas/03_gamma is gone in this version" in result.stdout
    (aside,) = (place / ".dojo/backups").glob("katas-*")
    assert (aside / "notes.txt").read_text() == "mine"
    listed = dojo("list")
    assert "(changed since you solved it)" in listed.stdout
    assert "Next: read katas/02_beta/README.md" in listed.stdout
    told = json.loads(dojo("list", "--json").stdout)["katas"][0]
    assert (told["solved"], told["changed"]) == (False, True)


def test_second_update_changes_and_tells_nothing(place: Path, newer: Callable) -> None:
    solve(place, 1)
    newer()
    dojo("update", "--no-venv")
    before = bytes_of(place)

    result = dojo("update", "--no-venv")

    assert bytes_of(place) == before
    assert "your file stays" not in result.stdout


def test_solved_kata_with_the_same_tests_stays_solved(place: Path, newer: Callable) -> None:
    solve(place, 1)
    newer()
    test = place.with_name("new") / "katas/01_alpha/test_alpha.py"
    test.write_bytes((place / "katas/01_alpha/test_alpha.py").read_bytes())

    dojo("update", "--no-venv")

    assert standing(load_catalog(place)[0]).solved


def test_older_record_of_what_is_solved_is_taken_over(place: Path, newer: Callable) -> None:
    solve(place, 1)
    path = place / ".dojo/progress.json"
    record = json.loads(path.read_text())
    record["katas"]["01_alpha"] = {key: record["katas"]["01_alpha"][key] for key in ("of", "tasks")}
    path.write_text(json.dumps(record))
    newer()

    dojo("update", "--no-venv")

    assert standing(load_catalog(place)[0]).changed


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content.replace(b"\n", b"\r\n"),
        lambda content: b"\xef\xbb\xbf" + content,
        lambda content: content,
    ],
    ids=["crlf", "bom", "fresh_checkout"],
)
def test_what_an_editor_adds_is_no_touch(place: Path, newer: Callable, change: Callable) -> None:
    solve(place, 2)
    for path in [*place.glob("katas/*/*.*"), place / "conftest.py"]:
        content = change(path.read_bytes())
        path.unlink()
        path.write_bytes(content)
    assert standing(load_catalog(place)[1]).solved
    newer()

    result = dojo("update", "--no-venv")

    assert (place / "katas/01_alpha/alpha.py").read_text() == NEWER_STUB
    assert "conftest.py: your file" not in result.stdout
    assert "kept as a backup" not in result.stdout
    assert standing(load_catalog(place)[1]).changed


def test_edited_test_and_page_are_kept_as_backups(place: Path, newer: Callable) -> None:
    test = place / "katas/01_alpha/test_alpha.py"
    test.write_text("def test_mine(): ...\n")
    (place / "katas/01_alpha/README.md").write_text("my notes\n")
    newer()

    result = dojo("update", "--no-venv")

    assert "# newer" in test.read_text()
    assert result.stdout.count("your text is kept as a backup") == 2
    kept = {one.kata: one.path.read_text() for one in backups.found(place) if one.path.is_file()}
    assert kept["01_alpha-test_alpha"] == "def test_mine(): ...\n"
    assert kept["01_alpha-README"] == "my notes\n"


def test_own_conftest_and_settings_stay(place: Path, newer: Callable) -> None:
    for name in ("conftest.py", "pyproject.toml", ".gitignore"):
        (place / name).write_text("# mine\n")
    newer()

    result = dojo("update", "--no-venv")

    assert {(place / name).read_text() for name in ("conftest.py", ".gitignore")} == {"# mine\n"}
    said = "conftest.py: your file stays; the new one is .dojo/original/conftest.py\n"
    assert said in result.stdout
    assert "# newer" in (place / ".dojo/original/conftest.py").read_text()
    assert ".gitignore" not in result.stdout  # ours has not changed


def test_removed_files_come_back(place: Path) -> None:
    before = bytes_of(place)
    for name in ("conftest.py", "katas/01_alpha/README.md", "katas/02_beta/beta.py"):
        (place / name).unlink()

    assert dojo("update", "--no-venv").exit_code == Exit.DONE
    assert bytes_of(place) == before


def test_older_dojo_does_not_take_back(place: Path, old: Path, newer: Callable) -> None:
    newer()
    dojo("update", "--no-venv")
    before = bytes_of(place)
    with pytest.MonkeyPatch.context() as patch:
        hands_out(patch, old, OLD)
        result = dojo("update", "--no-venv")

    assert result.exit_code == Exit.USAGE
    assert "was made by ml-dojo 2.0, this is 1.0: 'pip install -U ml-dojo'" in result.stderr
    assert bytes_of(place) == before


def test_update_of_a_clone_leads_to_git(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(old)
    result = dojo("update")

    assert result.exit_code == Exit.USAGE
    assert "'git pull' brings newer katas" in result.stderr


@pytest.mark.parametrize("text", ["{", '{"format": 2, "dojo": "9"}', '{"dojo": "new"}', "[]"])
def test_unreadable_record_is_told_in_one_line(place: Path, text: str) -> None:
    (place / ".dojo/workspace.json").write_text(text)
    result = dojo("update", "--no-venv")

    assert (result.exit_code, result.stderr.count("\n")) == (Exit.USAGE, 1)
    assert "is no record of a workspace that this dojo can read" in result.stderr
    assert dojo("list").exit_code == Exit.DONE


def test_two_at_once_wait_for_each_other(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "_PATIENCE_S", 0.1)
    with state.alone(place):
        result = dojo("update", "--no-venv")

    assert result.exit_code == Exit.USAGE
    assert "another dojo is at work in" in result.stderr


def test_reset_in_a_workspace_needs_no_git(place: Path) -> None:
    shutil.rmtree(place / ".git")
    (place / "katas/01_alpha/alpha.py").write_text(HALF)

    assert dojo("reset", "01", "--yes").exit_code == Exit.DONE
    assert (place / "katas/01_alpha/alpha.py").read_text() == STUB


# Killed


@pytest.mark.slow
def test_init_killed_anywhere_is_finished_by_the_same_command(old: Path) -> None:
    asked = state.Workspace(dojo="0")
    whole, place, pack = old.with_name("whole"), old.with_name("place"), read_pack(None, None)

    def init(root: Path) -> None:
        state.check_new(root)
        root.mkdir(exist_ok=True)
        bring(root, pack, asked, lambda _: None)

    init(whole)
    step = 0
    while killed_at(step, lambda: init(place)):
        init(place)
        assert bytes_of(place) == bytes_of(whole), f"killed before step {step}"
        shutil.rmtree(place)
        step += 1
    assert step > 100


@pytest.mark.slow
def test_update_killed_anywhere_loses_and_forgets_nothing(
    place: Path, old: Path, newer: Callable
) -> None:
    solve(place, 1)
    (place / "katas/02_beta/beta.py").write_text(HALF)
    (place / "katas/03_gamma/notes.txt").write_text("mine")
    (place / "katas/01_alpha/test_alpha.py").write_text("# my own test\n")
    (place / "conftest.py").write_text("# mine\n")
    newer()
    start = old.with_name("start")
    place.rename(start)
    mine = (SOLVED, HALF, "mine", "# my own test\n", "# mine\n")

    pack = read_pack(None, None)

    def update(told: list[str]) -> None:
        bring(place, pack, state.Workspace(dojo="0"), told.append)

    shutil.copytree(start, place)
    said: list[str] = []
    update(said)
    whole = without_moments(bytes_of(place))
    step = 0
    while True:
        shutil.rmtree(place)
        shutil.copytree(start, place)
        if not killed_at(step, lambda: update([])):
            break
        left = {content.decode() for content in bytes_of(place).values()}
        assert left.issuperset(mine), f"killed before step {step}"
        told: list[str] = []
        update(told)
        assert without_moments(bytes_of(place)) == whole, f"killed before step {step}"
        if told != said:  # told in full before: only the last record was not written
            assert told == said[: len(told)] == [], f"killed before step {step}"
        step += 1
    assert step > 40


def without_moments(files: dict[str, bytes]) -> dict[str, bytes]:
    """Name backups without the moment that they were made at."""
    return {re.sub(r"\.\d{8}-\d{6}-\d{4}", "", name): text for name, text in files.items()}


def test_reset_killed_anywhere_loses_nothing(place: Path) -> None:
    file = place / "katas/01_alpha/alpha.py"
    step = 0
    while True:
        shutil.rmtree(place / ".dojo/backups", ignore_errors=True)
        file.write_text(HALF)
        kata = load_catalog(place)[0]
        if not killed_at(step, lambda kata=kata: carry_out(whole_stub(kata))):
            break
        assert HALF in {content.decode() for content in bytes_of(place).values()}
        carry_out(whole_stub(kata))
        assert file.read_text() == STUB
        assert [one.path.read_text() for one in backups.found(place)] == [HALF]
        assert not list(file.parent.glob(".*.py"))
        step += 1
    assert step > 3

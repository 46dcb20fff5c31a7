"""A pack in a folder outside this repository: listed, trusted, learned, from there and not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dojo.catalog.kata import load_catalog
from dojo.catalog.pack import CatalogError, PackTooNew, own_pack, pack_at, packs_of
from dojo.catalog.verdict import KataVerdict, TestVerdict
from dojo.cli import learn
from dojo.cli.door import app
from dojo.ground.exits import Exit
from dojo.place import pack as handed_out
from dojo.place.bringing import bring
from dojo.place.state import Workspace
from dojo.terminal.doctor import examine
from dojo.terminal.screen import Screen, show_next_step
from tests.pack.outside import EXAMPLE, REFERENCE, STUB, Author


@pytest.fixture(scope="module")
def author(tmp_path_factory: pytest.TempPathFactory) -> Author:
    return Author(tmp_path_factory.mktemp("elsewhere"))


def test_katas_of_a_pack_are_listed_with_its_name(author: Author) -> None:
    told = author.told("list")

    assert [(one["id"], one["track"]) for one in told["katas"]] == [("json/01_records", "json")]


def test_pack_by_others_is_not_run_before_somebody_trusts_its_author(author: Author) -> None:
    done = author.run("run", "01")

    assert done.returncode == Exit.UNCONFIRMED
    assert "runs its author's code on this machine; give the command with --trust" in done.stderr


def test_kata_is_red_then_green_then_solved(author: Author) -> None:
    red = author.told("run", "json/01", "--trust")
    shutil.copyfile(author.pack / REFERENCE, author.pack / STUB)
    green = author.told("run")
    solved = author.told("list")["katas"][0]

    assert {one["cause"] for one in red["tests"]} == {"stub"}
    assert all(one["passed"] for one in green["tests"])
    assert (green["kata"], len(green["tests"])) == ("json/01_records", 8)
    assert solved["solved"]


def test_last_kata_of_a_pack_is_the_last_one_of_that_pack(
    author: Author, capsys: pytest.CaptureFixture[str]
) -> None:
    (kata,) = load_catalog(author.pack)
    test = TestVerdict(kata.tests[0], 1, True, "passed", "", 0.0)
    show_next_step(Screen(), kata, KataVerdict(kata.id, "learner", (test,), 0.0), None, "en")

    said = "Solved, and so are all katas of json. Next: 'dojo list' shows them."
    assert capsys.readouterr().out.strip() == said


@pytest.mark.slow
def test_list_from_elsewhere_says_how_to_go_on_from_there(tmp_path: Path) -> None:
    for name in ("new", "elsewhere"):
        (tmp_path / name).mkdir()
    author = Author(tmp_path / "new")  # in which nothing is solved
    done = author.run("list", "--pack", author.pack, cwd=tmp_path / "elsewhere")

    assert f"README.md, then run: dojo --pack {author.pack}" in done.stdout
    assert author.run("list").stdout.endswith("README.md, then run: dojo\n")


def test_list_where_there_are_only_installed_packs_says_where_to_begin(
    author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learn, "catalogue", lambda **_: [])
    monkeypatch.setattr(learn, "_of_other_packs", lambda _: load_catalog(author.pack))
    done = CliRunner().invoke(app, ["list"])

    assert "json/01_records" in done.stdout
    assert done.stdout.endswith("Next: 'dojo init my-katas' makes a folder with them.\n")


@pytest.mark.slow
def test_all_solved_is_said_of_the_pack_whose_katas_are(tmp_path: Path) -> None:
    author = Author(tmp_path)
    shutil.copyfile(author.pack / REFERENCE, author.pack / STUB)
    author.run("run", "--trust")
    said = "All katas of json are solved. Next: 'dojo run NN' runs one again.\n"

    assert author.run("list").stdout.endswith(said)
    assert author.run().stdout.endswith(said)


def test_list_goes_on_with_a_pack_that_is_left_to_do(
    author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = load_catalog(author.pack)
    monkeypatch.setattr(learn, "_of_other_packs", lambda _: left)
    monkeypatch.setattr(learn, "first_unsolved", lambda katas: left[0] if katas == left else None)
    done = CliRunner().invoke(app, ["list"])

    assert f"README.md, then run: dojo --pack {author.pack}" in done.stdout


@pytest.mark.slow
def test_track_before_a_command_is_that_commands(author: Author) -> None:
    author.run("list", "--trust")
    done = author.run("--track", "jsn", "list")
    none = author.run("--track", "json", "run", "01")

    assert done.returncode == none.returncode == Exit.USAGE
    assert "--track is 'jsn'; it may be 'json'" in done.stderr
    assert "'dojo run' has no --track; 'dojo list --track json' lists its katas" in none.stderr
    assert "json/01_records" in author.run("--track", "json", "list").stdout


def test_list_of_a_track_has_no_other_kata(author: Author, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learn, "_of_other_packs", lambda _: load_catalog(author.pack))
    done = CliRunner().invoke(app, ["list", "--track", "json"])
    none = CliRunner().invoke(app, ["list", "--track", "jsn"])

    assert "json/01_records" in done.stdout.splitlines()[0]
    assert "prefect" not in done.stdout.split("Next")[0]
    assert none.exit_code == Exit.USAGE
    assert "--track is 'jsn'; it may be " in none.stderr


def test_workspace_of_a_packs_track_only_is_refused_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handed_out, "installed", lambda: (EXAMPLE,))
    done = CliRunner().invoke(app, ["init", str(tmp_path / "ws"), "--track", "json"])

    assert done.exit_code == Exit.USAGE
    assert "of the pack 'json': the katas of packs come whole with any track" in done.stderr
    assert not (tmp_path / "ws").exists()


def test_update_says_which_pack_has_new_katas(tmp_path: Path) -> None:
    told: list[str] = []
    for version, count in (("1.0", 1), ("2.0", 2), ("2.0", 2), ("2.1", 2)):
        files = {"packs/json/pyproject.toml": f'version = "{version}"\n'.encode()}
        files |= {f"packs/json/katas/0{one}_a/kata.toml": b"" for one in range(count)}
        pack = handed_out.Pack("1.0", files, frozenset())
        bring(tmp_path, pack, Workspace(dojo="1.0"), told.append)

    assert told == ["json 2.0; new katas: 1", "json 2.1; new katas: 0"]


@pytest.mark.slow
@pytest.mark.parametrize("word", ["run", "doctor"])
def test_need_nearly_called_as_an_engine_installs_no_package(word: str, tmp_path: Path) -> None:
    misnamed = Author(tmp_path)
    misnamed.change("katas/01_records/kata.toml", '"json_folder"', '"json_foldr"')
    done = misnamed.run(word, "--trust")

    said = "json/01_records needs 'json_foldr', which is no engine; did you mean 'json_folder'?"
    assert done.returncode == Exit.ENVIRONMENT
    told = " ".join(f"{done.stdout} {done.stderr}".split())
    assert said in told
    assert "pip install json" not in told


@pytest.mark.slow
def test_need_called_as_nothing_known_is_a_package(tmp_path: Path) -> None:
    author = Author(tmp_path)
    author.change("katas/01_records/kata.toml", '"json_folder"', '"no-such-package"')
    done = author.run("run", "--trust")

    assert "no-such-package is not installed: python -m pip install no-such-package" in done.stderr


@pytest.mark.slow
def test_doctor_compares_no_versions_in_a_pack(author: Author) -> None:
    names = [check.name for check in examine(author.pack)]

    assert "Versions" not in names
    assert "Packages" in names


@pytest.mark.slow
def test_pytest_runs_a_pack_from_another_folder(author: Author, tmp_path: Path) -> None:
    kata = author.pack / "katas" / "01_records"
    done = author.run("-q", "--solutions=reference", kata, cwd=tmp_path, module="pytest")

    assert done.returncode == 0, done.stdout
    assert "8 passed" in done.stdout


def test_pack_is_named_by_its_folder_from_elsewhere(author: Author, tmp_path: Path) -> None:
    done = author.run("hint", "01", "2", "--pack", author.pack, cwd=tmp_path)

    assert "Which files of the folder are yours?" in done.stdout


@pytest.mark.slow
def test_unknown_pack_is_said_to_be_unknown(author: Author, tmp_path: Path) -> None:
    done = author.run("run", "yaml/01", cwd=tmp_path)

    assert done.returncode == Exit.USAGE
    assert "no pack 'yaml' is known here" in done.stderr


def test_pack_of_a_newer_format_is_refused_with_a_code_of_its_own(
    author: Author, tmp_path: Path
) -> None:
    newer = Author(tmp_path)
    newer.change("pyproject.toml", "format = 1", "format = 2")
    done = newer.run("list")

    assert done.returncode == Exit.NEWER
    assert "the pack has format 2, this dojo reads 1: 'pip install -U ml-dojo'" in done.stderr


FAULTS = {
    "no_format": ("format = 1\n", "", "'format' is None; this dojo reads format = 1"),
    "unknown_key": ("format = 1\n", "format = 1\ntrack = []\n", "'track' is not a key of a pack"),
    "our_name": ('name = "json"\nfix', 'name = "ml-dojo"\nfix', "cannot be called 'ml-dojo'"),
    "a_folders_name": ('name = "json"\nfix', 'name = "katas"\nfix', "cannot be called 'katas'"),
    "no_attribute": ("json_folder:ENGINE", "json_folder", "'engines.json_folder': String should"),
    "no_toml": ("format = 1", "format =", "is not TOML"),
}


@pytest.mark.parametrize(("old", "new", "said"), FAULTS.values(), ids=FAULTS)
def test_table_that_breaks_a_rule_is_one_line(
    old: str, new: str, said: str, tmp_path: Path
) -> None:
    broken = Author(tmp_path)
    broken.change("pyproject.toml", old, new)

    with pytest.raises(CatalogError, match=said.replace("(", r"\(")):
        pack_at(broken.pack)


def test_newer_format_is_an_error_of_its_own(tmp_path: Path) -> None:
    newer = Author(tmp_path)
    newer.change("pyproject.toml", "format = 1", "format = 2\nmore = 1")

    with pytest.raises(PackTooNew):
        pack_at(newer.pack)


RAISING = {
    "error": (
        "raise ZeroDivisionError('by zero')",
        "engine 'json_folder' does not start: ZeroDivisionError: by zero (json_folder.py, line 23)",
    ),
    "own_words": (
        "raise EngineError('the folder is closed: open it')",
        "the folder is closed: open it",
    ),
}


@pytest.mark.parametrize(("raised", "said"), RAISING.values(), ids=RAISING)
def test_engine_that_raises_is_one_line(raised: str, said: str, tmp_path: Path) -> None:
    broken = Author(tmp_path)
    broken.change("json_folder.py", "    del say\n", f"    {raised}\n")
    done = broken.run("run", "--trust")

    assert done.returncode == Exit.ENVIRONMENT
    assert f"has no verdict: {said}; 'dojo doctor' looks for the cause" in done.stderr


@pytest.mark.slow
def test_engine_that_cannot_be_imported_is_one_line(tmp_path: Path) -> None:
    broken = Author(tmp_path)
    broken.change("json_folder.py", "import contextlib", "import no_such_module")
    done = broken.run("run", "--trust")

    assert done.returncode == Exit.ENVIRONMENT
    assert "engine 'json_folder' is 'json_folder:ENGINE', which cannot be had" in done.stderr
    assert "no_such_module" in done.stderr
    assert "json: json:" not in done.stderr


def test_packs_that_a_folder_was_brought_are_known_there(tmp_path: Path) -> None:
    (tmp_path / "work" / "packs").mkdir(parents=True)
    Author(tmp_path / "work" / "packs")

    assert [one.name for one in packs_of(tmp_path / "work")] == ["ml-dojo", "json"]


def test_own_katas_are_a_pack_as_any_other() -> None:
    own = own_pack()

    assert (own.name, own.prefix) == ("ml-dojo", "")
    assert list(own.tracks) == ["prefect", "mlflow", "dagster", "airflow"]
    assert own.engines.keys() == own.tracks.keys()

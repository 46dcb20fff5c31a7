"""The pack is proved and graded as ours are; what its author keeps back stays unread.

`tox -e pack`: it takes sandboxes, and a wheel that pip installs.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import dojo.testing
from dojo.catalog.pack import installed
from dojo.catalog.verdict import KataVerdict
from dojo.ground.exits import Exit
from dojo.ground.paths import PACKAGE_ROOT
from dojo.sandbox.walls import missing_for
from tests.pack.outside import ATTACK, REFERENCE, STUB, Author

needs_walls = pytest.mark.skipif(bool(missing_for("strict")), reason=missing_for("strict"))


@pytest.fixture(scope="module")
def author(tmp_path_factory: pytest.TempPathFactory) -> Author:
    author = Author(tmp_path_factory.mktemp("elsewhere"))
    author.run("list", "--trust")
    return author


@needs_walls
def test_kata_of_a_pack_is_proved_with_its_examination(author: Author) -> None:
    done = author.run("check", "--exam", "--whole")

    assert (done.returncode, done.stdout) == (Exit.DONE, "0 findings in 1 kata\n"), done.stderr


def test_broken_kata_of_a_pack_is_found_out(author: Author, tmp_path: Path) -> None:
    broken = Author(tmp_path)
    answer = "reference/01_records/answers/wrong_counts_all.py"
    broken.change(answer, "    return len(records)", "    return _publish(folder, records) * 0 + 2")
    broken.change(answer, "test_only_what_changed_is_counted", "test_nothing_else_is_left")
    found = dojo.testing.check(broken.pack, ["01"])

    assert [one.rule for one in found] == ["wrong_answer_is_refused_by_its_test"]


def test_faces_for_tests_tell_what_the_commands_do(author: Author) -> None:
    (kata,) = dojo.testing.katas(author.pack)
    red = dojo.testing.verdict(kata)
    green = dojo.testing.verdict(kata, "reference")

    assert isinstance(red, KataVerdict)
    assert (red.solved, green.solved) == (False, True)
    assert set().union(*dojo.testing.mistakes(kata).values()) <= set(kata.tests)
    assert len(dojo.testing.mistakes(kata)) == 6


def graded(author: Author, files: dict[str, Path], folder: Path, *words: str | Path) -> Any:
    """Hand files in as a class, and grade it; return the results by learner."""
    for learner, file in files.items():
        target = folder / "class" / learner / STUB
        target.parent.mkdir(parents=True)
        shutil.copyfile(file, target)
    out = folder / "results.json"
    cwd = folder if "--pack" in words else author.pack
    done = author.run("grade", folder / "class", "--out", out, "--no-flow", *words, cwd=cwd)
    assert done.returncode == Exit.DONE, done.stderr
    return {one["learner"]: one for one in json.loads(out.read_text("utf-8"))["results"]}


@needs_walls
def test_class_is_graded_and_an_attack_is_held(author: Author, tmp_path: Path) -> None:
    files = {"anna": author.pack / REFERENCE, "bob": author.pack / STUB, "eve": ATTACK}
    results = graded(author, files, tmp_path)

    assert {name: one["kata"] for name, one in results.items()} == dict.fromkeys(
        files, "json/01_records"
    )
    assert {name: one["earned"] for name, one in results.items()} == {
        "anna": 30,
        "bob": 0,
        "eve": 0,
    }
    assert results["anna"]["verdict"] == "passed"


@needs_walls
def test_commands_of_the_page_grade_a_class_and_an_attack(author: Author, tmp_path: Path) -> None:
    page = (PACKAGE_ROOT / "docs" / "authors.md").read_text("utf-8")
    whole, single = re.findall(r"^dojo (grade .+)$", page, re.MULTILINE)
    for file, place in ((author.pack / REFERENCE, "class/anna"), (ATTACK, "attacks/eve")):
        (tmp_path / place).mkdir(parents=True)
        shutil.copyfile(file, tmp_path / place / STUB.name)
    more = ["--pack", author.pack, "--no-flow", "--out"]
    earned = {}
    for command in (whole, single):
        out = tmp_path / "results.json"
        done = author.run(*command.split(), *more, out, cwd=tmp_path)
        assert done.returncode == Exit.DONE, done.stderr
        for one in json.loads(out.read_text("utf-8"))["results"]:
            earned[one["learner"]] = one["earned"]

    assert earned == {"anna": 30, "eve": 0}


def test_attack_would_succeed_without_walls(author: Author) -> None:
    """So it is one: what holds it are the walls."""
    (kata,) = dojo.testing.katas(author.pack)

    assert dojo.testing.verdict(kata, ATTACK).solved


@needs_walls
def test_single_file_is_graded_for_tests_of_a_pack(author: Author) -> None:
    (kata,) = dojo.testing.katas(author.pack)
    result = dojo.testing.grade(kata, author.pack / REFERENCE, seed="7")

    assert (result.earned, result.points) == (30, 30)


@pytest.mark.parametrize("engine", ["json_folder", "store"])
def test_test_of_a_pack_is_replayed_with_what_its_engine_heard(engine: str, tmp_path: Path) -> None:
    """Whatever the engine is called: its module is `json_folder`."""
    author = Author(tmp_path)
    author.change("pyproject.toml", 'json_folder = "json', f'{engine} = "json')
    author.change("katas/01_records/kata.toml", '"json_folder"', f'"{engine}"')
    author.change("json_fixtures.py", '("json_folder")', f'("{engine}")')
    shutil.copyfile(author.pack / REFERENCE, author.pack / STUB)
    page = tmp_path / "run.html"
    done = author.run("replay", "01", "test_nothing_else_is_left", "--html", page, "--trust")

    assert done.returncode == Exit.DONE, done.stderr
    assert "json/01_records" in page.read_text("utf-8")
    assert "The folder of JSON" in page.read_text("utf-8")


# Installed by pip, as a wheel


@pytest.fixture(scope="module")
def wheel(author: Author, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Install the pack into this very environment, and remove it again."""
    if os.environ.get("TOX_ENV_NAME") != "pack":
        pytest.skip("it installs into the environment that runs it: tox -e pack has its own")
    folder = tmp_path_factory.mktemp("wheel")
    source = Author(folder).pack
    pip = [sys.executable, "-m", "pip"]
    quiet = ["--quiet", "--disable-pip-version-check"]
    build = [*pip, "wheel", *quiet, "--no-deps", "--no-build-isolation", "-w", folder, source]
    subprocess.run(list(map(str, build)), check=True)
    (made,) = folder.glob("*.whl")
    subprocess.run([*pip, "install", *quiet, "--no-deps", str(made)], check=True)
    installed.cache_clear()
    yield Path(sysconfig.get_path("purelib"), "json_katas")
    subprocess.run([*pip, "uninstall", *quiet, "--yes", "json-katas"], check=True)
    installed.cache_clear()


def test_installed_pack_is_listed_anywhere(wheel: Path, author: Author, tmp_path: Path) -> None:
    ids = [one["id"] for one in author.told("list", cwd=tmp_path)["katas"]]

    assert wheel.is_dir()
    assert ids[0] == "01_tasks_flows"
    assert ids[-1] == "json/01_records"


def test_workspace_is_brought_an_installed_pack(
    wheel: Path, author: Author, tmp_path: Path
) -> None:
    place = tmp_path / "mine"
    made = author.run("init", place, "--no-venv", "--track", "airflow", cwd=tmp_path)
    assert made.returncode == Exit.DONE, made.stderr
    brought = place / "packs" / "json"
    red = author.told("run", "json/01", "--trust", cwd=place)
    shutil.copyfile(wheel / REFERENCE, brought / STUB)
    again = author.run("update", "--no-venv", cwd=place)
    green = author.told("run", "json/01", cwd=place)

    assert not any(one["passed"] for one in red["tests"])
    assert again.returncode == Exit.DONE, again.stderr
    assert all(one["passed"] for one in green["tests"])
    assert not [*brought.rglob("exam.py"), *brought.rglob("wrong_*.py")]


@needs_walls
@pytest.mark.parametrize("level", ["strict", "landlock"])
def test_reference_of_an_installed_pack_stays_unread(
    level: str, wheel: Path, author: Author, tmp_path: Path
) -> None:
    if missing := missing_for(level):  # type: ignore[arg-type]
        pytest.skip(missing)
    author.run("list", "--trust", "--pack", wheel)
    files = {"anna": wheel / REFERENCE, "eve": ATTACK}
    results = graded(author, files, tmp_path, "--pack", "json", "--level", level)

    assert {name: one["earned"] for name, one in results.items()} == {"anna": 30, "eve": 0}


def test_site_of_a_pack_is_made(author: Author, tmp_path: Path) -> None:
    pytest.importorskip("sphinx")
    done = author.run("site", "--out", tmp_path / "site")

    assert done.returncode == Exit.DONE, done.stdout + done.stderr
    assert (tmp_path / "site" / "katas" / "01_records" / "index.html").is_file()

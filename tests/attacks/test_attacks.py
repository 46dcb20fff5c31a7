"""Each submission that solves nothing, and what is done to a grader, gets the verdict it must.

An attack is a file of `submissions/`; it is appended to the stub of kata 02, and its docstring says
the verdict, and the points when it honestly earns some. All are graded in one batch by the command
line, among honest ones, because stopping the batch is one of the things they try.

One that names another kata is a cheat: appended to that kata's reference it knows what the tests
ask for, or did when it was written. In each task that it is to lose the examination must refuse it
by itself: stricter tests may refuse it too, and prove nothing about the examination.

One that forges is appended to the reference of the kata that it names, too, and does not do the
work where it is examined. It says which tasks the examination accepts all the same: each of them
must be one of which docs/marks.md says that its evidence can be forged.
"""

from __future__ import annotations

import ast
import contextlib
import json
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from dojo.catalog.handed_out import handed_out
from dojo.catalog.kata import Kata, find_kata, load_catalog
from dojo.ground.paths import PACKAGE_ROOT as ROOT
from dojo.sandbox.walls import missing_for

KATA = find_kata(load_catalog(ROOT), "02")
PLACE = f"katas/{KATA.id}/{KATA.slug}.py"
FILES = sorted((ROOT / "tests" / "attacks" / "submissions").glob("*.py"))


def of_another_kata(word: str) -> dict[Path, Kata]:
    """Return the files that name a kata in a line that begins with a word."""
    line = re.compile(rf"^{word}: (\d+)$", re.MULTILINE)
    found = {file: line.search(file.read_text(encoding="utf-8")) for file in FILES}
    return {file: find_kata(load_catalog(ROOT), one[1]) for file, one in found.items() if one}


CHEATS, FORGERIES = of_another_kata("Kata"), of_another_kata("Forges")
ATTACKS = [file for file in FILES if file not in CHEATS and file not in FORGERIES]
STUB = handed_out(KATA.stub_file).decode()
REFERENCE = KATA.reference_file.read_text(encoding="utf-8")
ANSWERS = {
    "right_flow_around_the_task": 50,
    "right_session_raises_retry_error": 50,
    "right_with_options": 50,
    "wrong_no_status_check": 40,
    "wrong_no_jitter": 40,
    "wrong_retry_after_ignored": 40,
}
BROKEN = (
    "zip_bomb",
    "zip_that_climbs",
    "zip_with_a_link",
    "no_zip",
    "tar_with_a_link",
    "not_text",
    "nothing_in_it",
    "folder_instead_of_a_file",
    "link_instead_of_a_file",
    "much_too_long",
    "another_name",
)

pytestmark = pytest.mark.skipif(
    bool(missing_for("strict")) and not os.environ.get("CI"), reason=missing_for("strict")
)


def expected_of(attack: Path) -> tuple[str, float]:
    text = ast.get_docstring(ast.parse(attack.read_text(encoding="utf-8"))) or ""
    verdict = re.search(r"^Verdict: ([\w-]+)$", text, re.MULTILINE)
    points = re.search(r"^Points: (\d+)$", text, re.MULTILINE)
    assert verdict, f"{attack.name} does not say its verdict"
    return verdict[1], float(points[1]) if points else 0.0


def hand_in(folder: Path, learner: str, text: str) -> Path:
    file = folder / learner / PLACE
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    return file


def hand_in_broken_ones(folder: Path) -> None:
    with zipfile.ZipFile(folder / "zip_bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(PLACE, b"0" * (600 << 20))
    with zipfile.ZipFile(folder / "zip_that_climbs.zip", "w") as archive:
        archive.writestr(f"../../{PLACE}", REFERENCE)
    with zipfile.ZipFile(folder / "zip_with_a_link.zip", "w") as archive:
        link = zipfile.ZipInfo(PLACE)
        link.external_attr = 0o120777 << 16
        archive.writestr(link, str(KATA.reference_file))
    (folder / "no_zip.zip").write_bytes(b"PK is how it begins")
    with tarfile.open(folder / "tar_with_a_link.tar.gz", "w:gz") as tar:
        member = tarfile.TarInfo(PLACE)
        member.type, member.linkname = tarfile.SYMTYPE, str(KATA.reference_file)
        tar.addfile(member)
    hand_in(folder, "not_text", "").write_bytes(b"\xff\xfe\x00t\x00e")
    hand_in(folder, "nothing_in_it", "\n")
    place = hand_in(folder, "folder_instead_of_a_file", "x")
    place.unlink()
    place.mkdir()
    place = hand_in(folder, "link_instead_of_a_file", "x")
    place.unlink()
    place.symlink_to(KATA.reference_file)
    hand_in(folder, "much_too_long", "#" * (2 << 20))
    place = hand_in(folder, "another_name", REFERENCE)
    place.rename(place.with_name("Retries.py"))


def hand_in_what_steers_tests(folder: Path) -> None:
    """A stub among files that would make any pytest green."""
    beside = hand_in(folder, "drops_files", STUB).parent
    hook = "def pytest_collection_modifyitems(items):\n    items.clear()\n"
    (beside / "conftest.py").write_text(hook)
    (folder / "drops_files" / "conftest.py").write_text(hook)
    (beside / "pytest.ini").write_text("[pytest]\naddopts = --collect-only\n")
    (beside / "sitecustomize.py").write_text("import os\nos._exit(0)\n")
    (beside / "json.py").write_text("dumps = loads = lambda *_: '{}'\n")
    (beside / "evil.so").write_bytes(b"\x7fELF")
    test = KATA.test_file
    (beside / test.name).write_text("def test_nothing(): pass\n")


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("class")
    out = tmp_path_factory.mktemp("out")
    for attack in ATTACKS:
        hand_in(folder, attack.stem, f"{STUB}\n\n{attack.read_text(encoding='utf-8')}")
    hand_in(folder, "stub", STUB)
    hand_in(folder, "reference", REFERENCE)
    for name in ANSWERS:
        answer = (KATA.answers_folder / f"{name}.py").read_text(encoding="utf-8")
        hand_in(folder, name, f"{REFERENCE}\n\n{answer}")
    hand_in_broken_ones(folder)
    hand_in_what_steers_tests(folder)
    before = digest_of_tree()
    done = subprocess.run(
        [sys.executable, "-m", "dojo", "grade", str(folder), "--kata", "02", "--seed", "1"],
        cwd=out,
        env={**os.environ, "GITHUB_TOKEN": "secret", "DOJO_CACHE": cache()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    record = json.loads((out / "results.json").read_text(encoding="utf-8"))
    assert record["ungraded"] == []
    results = {one["learner"]: one for one in record["results"]}
    return {"results": results, "done": done, "same": digest_of_tree() == before, "out": out}


def cache() -> str:
    from dojo.ground.paths import cache_dir

    return str(cache_dir())


def digest_of_tree() -> dict[str, int]:
    """What is in the checkout and in the installed packages, by size."""
    import requests

    site = Path(requests.__file__).parent.parent
    found = {str(path): 0 for path in site.iterdir()}
    for folder in ("dojo", "katas", "reference"):
        files = (path for path in (ROOT / folder).rglob("*") if path.suffix != ".pyc")
        found |= {str(path): path.stat().st_size for path in files if path.is_file()}
    return found


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda path: path.stem)
def test_attack_gets_the_verdict_it_must(attack: Path, graded: Any) -> None:
    verdict, points = expected_of(attack)
    result = graded["results"][attack.stem]
    said = (result["verdict"], result["earned"])
    assert said == (verdict, points), (result["advice"], result["notes"], result["tasks"])


@pytest.fixture(scope="module")
def cheating(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder, out = (tmp_path_factory.mktemp(name) for name in ("cheats", "out"))
    for cheat, kata in {**CHEATS, **FORGERIES}.items():
        file = folder / cheat.stem / "katas" / kata.id / f"{kata.slug}.py"
        file.parent.mkdir(parents=True)
        texts = [path.read_text(encoding="utf-8") for path in (kata.reference_file, cheat)]
        file.write_text("\n\n".join(texts), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "dojo", "grade", str(folder), "--seed", "1"],
        cwd=out,
        env={**os.environ, "DOJO_CACHE": cache()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    record = json.loads((out / "results.json").read_text(encoding="utf-8"))
    return {one["learner"]: one for one in record["results"]}


@pytest.mark.parametrize("cheat", CHEATS, ids=lambda path: path.stem)
def test_who_knows_the_tests_is_refused_by_the_examination(cheat: Path, cheating: Any) -> None:
    result = cheating[cheat.stem]
    lost = [task["number"] for task in result["tasks"] if not task["earned"]]
    differs = [task["number"] for task in result["tasks"] if task["examined"] == "differs"]
    assert (result["verdict"], result["earned"]) == expected_of(cheat), result["tasks"]
    assert lost == differs != [], "a task is lost, or kept, against what its scenarios show"


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda path: path.stem)
def test_forgery_keeps_what_the_table_says_can_be_forged(forgery: Path, cheating: Any) -> None:
    result, text = cheating[forgery.stem], forgery.read_text(encoding="utf-8")
    kept = re.search(r"^Keeps: ([\d, ]+)$", text, re.MULTILINE)
    accepted = [task["number"] for task in result["tasks"] if task["examined"] == "agrees"]
    assert accepted == ([int(one) for one in kept[1].split(",")] if kept else []), result
    own = [task for task in result["tasks"] if {"outside", "answer"}.isdisjoint(task["rests_on"])]
    numbers = [str(task["number"]) for task in own if task["earned"]]
    said = re.search(r"; on its own word alone: task ([\d, ]+)$", result["advice"])
    assert (said[1].split(", ") if said else []) == numbers, result["advice"]


@pytest.mark.parametrize("name", BROKEN)
def test_broken_submission_is_unreadable_with_advice(name: str, graded: Any) -> None:
    result = graded["results"][name]
    assert (result["verdict"], result["earned"]) == ("unreadable", 0), result["advice"]
    assert len(result["advice"]) > 20


@pytest.mark.parametrize(("name", "points"), ANSWERS.items())
def test_answer_of_the_gate_gets_its_points(name: str, points: int, graded: Any) -> None:
    result = graded["results"][name]
    assert result["earned"] == points, [task for task in result["tasks"] if not task["earned"]]
    assert (result["verdict"] == "passed") == (points == KATA.points)


def test_honest_ones_among_them_are_marked_as_alone(graded: Any) -> None:
    reference, stub = graded["results"]["reference"], graded["results"]["stub"]
    assert (reference["verdict"], reference["earned"]) == ("passed", KATA.points)
    assert {task["examined"] for task in reference["tasks"]} == {"agrees"}
    assert (stub["verdict"], stub["earned"]) == ("wrong", 0)


def test_files_that_steer_tests_are_left_out_and_named(graded: Any) -> None:
    result = graded["results"]["drops_files"]
    assert (result["verdict"], result["earned"]) == ("wrong", 0)
    (note,) = [note for note in result["notes"] if note.startswith("left out")]
    for name in ("conftest.py", "pytest.ini", "sitecustomize.py", "json.py", "evil.so"):
        assert name in note


def test_nothing_outside_was_changed(graded: Any) -> None:
    assert graded["same"]
    assert not Path("/tmp/dojo-was-here").exists()
    assert not Path("/tmp/dojo-poison").exists()
    assert {path.name for path in graded["out"].iterdir()} <= {
        "results.json",
        "results.sqlite",
        "results.sqlite-wal",
        "results.sqlite-shm",
    }


def test_no_process_of_theirs_is_left(graded: Any) -> None:
    left = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                command = (entry / "cmdline").read_bytes()
                # Forks of the warm parent are called as it was.
                if b"dojo.inside.parent" in command and str(ROOT).encode() in command:
                    left.append(entry.name)
    assert left == []


def test_what_they_print_is_not_echoed(graded: Any) -> None:
    assert "::" not in graded["done"].stdout + graded["done"].stderr

"""A mark that was kept holds as long as nothing has changed that could change it."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from dojo.catalog.kata import Kata, find_kata, load_catalog
from dojo.exam.examiner import scenarios_of
from dojo.exam.tests_outside import STEERING_FILES, write_checkout
from dojo.grading import binding
from dojo.grading.binding import (
    Changed,
    bind,
    check_unchanged,
    grader_version,
    kata_digest,
    remember,
)
from dojo.grading.results import Result
from dojo.grading.store import Store
from dojo.ground.paths import PACKAGE_ROOT
from dojo.intake.submission import Submission

REFERENCE = "reference/13_assets"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copy what a result of two katas holds for."""
    root = tmp_path / "checkout"
    for folder in ("katas", "reference"):
        for kata in ("02_retries", "13_assets"):
            shutil.copytree(PACKAGE_ROOT / folder / kata, root / folder / kata)
    no_caches = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACKAGE_ROOT / "dojo", root / "dojo", ignore=no_caches)
    for name in STEERING_FILES:
        if (PACKAGE_ROOT / name).exists():
            shutil.copyfile(PACKAGE_ROOT / name, root / name)
    monkeypatch.setattr(binding, "_CODE", root / "dojo")
    return root


def kata_of(checkout: Path, name: str = "13") -> Kata:
    return find_kata(load_catalog(checkout), name)


STEERS = [
    "katas/13_assets/kata.toml",
    "katas/13_assets/test_assets.py",
    "katas/13_assets/assets.py",
    "katas/13_assets/README.md",
    "katas/13_assets/new_helper.py",
    "katas/13_assets/folder/table.csv",
    *(f"{REFERENCE}/{name}" for name in ("assets.py", "exam.py", "inside.py", "new.json")),
    "conftest.py",
    "pyproject.toml",
    "katas/conftest.py",
]


@pytest.mark.parametrize("name", STEERS)
def test_each_file_that_steers_changes_the_digest(name: str, checkout: Path) -> None:
    kata, path = kata_of(checkout), checkout / name
    before = kata_digest(kata)
    assert kata_digest(kata) == before
    path.parent.mkdir(exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write("\n# mended\n")

    mended = kata_digest(kata)
    assert mended != before
    path.write_bytes(path.read_bytes().replace(b"mended", b"MENDED"))  # of the same length, at once
    assert kata_digest(kata) not in (before, mended)
    path.unlink()
    assert kata_digest(kata) not in (mended,)


def test_size_and_date_are_not_what_is_compared(checkout: Path) -> None:
    kata = kata_of(checkout)
    before, status = kata_digest(kata), kata.test_file.stat()
    kata.test_file.write_bytes(kata.test_file.read_bytes().replace(b"assert", b"ASSERT"))
    os.utime(kata.test_file, ns=(status.st_atime_ns, status.st_mtime_ns))

    assert kata.test_file.stat().st_size == status.st_size
    assert kata_digest(kata) != before


@pytest.mark.parametrize(
    "name",
    [
        "katas/02_retries/test_retries.py",
        "reference/02_retries/retries.py",
        "reference/02_retries/exam.py",
        f"{REFERENCE}/replay.jsonl",
        f"{REFERENCE}/__pycache__/exam.cpython-311.pyc",
        "katas/13_assets/__pycache__/test_assets.cpython-311.pyc",
        "katas/13_assets/.pytest_cache/README.md",
        "README.md",
        "dojo/cli/door.py",
    ],
)
def test_what_is_of_another_kata_or_a_cache_does_not_change_it(name: str, checkout: Path) -> None:
    kata, path = kata_of(checkout), checkout / name
    before = kata_digest(kata)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"changed")

    assert kata_digest(kata) == before


def test_names_of_files_count_as_their_content_does(checkout: Path) -> None:
    kata, code = kata_of(checkout), grader_version()
    before = kata_digest(kata)
    (kata.folder / "a.txt").write_text("1")
    (kata.folder / "b.txt").write_text("2")
    with_both = kata_digest(kata)
    (kata.folder / "a.txt").write_text("2")
    (kata.folder / "b.txt").write_text("1")
    assert len({before, with_both, kata_digest(kata)}) == 3

    (checkout / "dojo" / "batch" / "flow.py").rename(checkout / "dojo" / "world" / "flow.py")
    assert grader_version() != code


@pytest.mark.parametrize(
    "name",
    [
        "dojo/exam/shared/history.py",
        "dojo/inside/dagster.py",
        "dojo/inside/examination.py",
        "dojo/world/clock.py",
        "dojo/new.json",
    ],
)
def test_code_of_the_dojo_changes_the_grader(name: str, checkout: Path) -> None:
    before = grader_version()
    with (checkout / name).open("a", encoding="utf-8") as file:
        file.write("\n# mended\n")

    assert grader_version() != before


@pytest.mark.parametrize("half", ["exam.py", "inside.py"])
def test_examination_is_of_its_kata_and_not_of_the_grader(half: str, checkout: Path) -> None:
    before = grader_version()
    (checkout / REFERENCE / half).write_text("# mended\n")

    assert grader_version() == before


@pytest.mark.slow
def test_installed_package_changes_the_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kata = kata_of(PACKAGE_ROOT, "02")
    one = Submission("anna", kata, "a", b"x = 1\n")
    check_unchanged(kata)
    locks = [bind(one, "1", "strict").lock]
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    record = tmp_path / "another-1.0.dist-info" / "METADATA"
    record.parent.mkdir()
    for version in ("1.0", "1.1"):
        record.write_text(f"Metadata-Version: 2.1\nName: another\nVersion: {version}0\n")
        locks.append(bind(one, "1", "strict").lock)
        record.write_text(f"Metadata-Version: 2.1\nName: another\nVersion: {version}\n")
        locks.append(bind(one, "1", "strict").lock)

    assert len(set(locks)) == len(locks)
    assert bind(one, "1", "strict").lock == locks[-1]
    with pytest.raises(Changed, match="an installed package has changed since this process"):
        check_unchanged(kata)


def test_copies_that_a_package_has_inside_are_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Submission("anna", kata_of(PACKAGE_ROOT, "02"), "a", b"x = 1\n")
    before = bind(one, "1", "strict").lock
    record = tmp_path / "tools" / "_vendor" / "another-1.0.dist-info" / "METADATA"
    record.parent.mkdir(parents=True)
    record.write_text("Metadata-Version: 2.1\nName: another\nVersion: 1.0\n")
    (tmp_path / "tools" / "__init__.py").touch()
    # As setuptools does, when something imports it.
    monkeypatch.setattr(sys, "path", [*sys.path, str(record.parents[1])])

    assert bind(one, "1", "strict").lock == before


@pytest.mark.parametrize(
    "mended", [f"{REFERENCE}/exam.py", f"{REFERENCE}/inside.py", "dojo/exam/shared/history.py"]
)
def test_old_mark_is_not_handed_out_after_a_scenario_was_mended(
    mended: str, checkout: Path, tmp_path: Path
) -> None:
    kata = kata_of(checkout)
    one = Submission("anna", kata, "a", b"x = 1\n")
    mark = Result(
        learner="anna",
        kata=kata.id,
        source="a",
        verdict="passed",
        advice="",
        points=kata.points,
        earned=kata.points,
        binding=bind(one, "1", "strict"),
    )
    store = Store(tmp_path / "state.sqlite")
    store.keep(one, "1", "strict", mark)
    assert store.find(one, "1", "strict") == mark
    with (checkout / mended).open("a") as file:
        file.write("# mended\n")

    assert store.find(one, "1", "strict") is None
    store.close()


def test_process_that_has_read_other_files_says_so(checkout: Path) -> None:
    kata = kata_of(checkout)
    (checkout / "dojo" / "batch" / "flow.py").write_text("# mended\n")

    with pytest.raises(Changed, match="the dojo itself has changed since this process began"):
        check_unchanged(kata)


@pytest.mark.parametrize(
    "name", ["katas/13_assets/kata.toml", f"{REFERENCE}/exam.py", f"{REFERENCE}/inside.py"]
)
def test_kata_that_has_changed_since_it_was_read_is_told(name: str, checkout: Path) -> None:
    kata = kata_of(checkout)
    remember([kata])
    assert scenarios_of(kata)
    check_unchanged(kata)
    check_unchanged(kata)
    (checkout / name).write_text("# mended\n")

    with pytest.raises(Changed, match="13_assets has changed since this process began"):
        check_unchanged(kata)


def test_tests_run_with_all_that_steers_them(checkout: Path, tmp_path: Path) -> None:
    (checkout / "katas" / "conftest.py").write_text("# of this pack\n")
    write_checkout(tmp_path / "given", kata_of(checkout), "test_bird")

    for name in STEERING_FILES:
        assert (tmp_path / "given" / name).read_bytes() == (checkout / name).read_bytes()


def test_submission_that_nobody_can_read_is_bound_whatever_its_fault_says() -> None:
    kata = kata_of(PACKAGE_ROOT, "02")
    faults = ["it is empty", "caf\udce9.py is a link", "\ud800"]
    bound = [bind(Submission("a", kata, "a", None, fault), "1", "strict") for fault in faults]

    assert len({one.submission for one in bound}) == 3

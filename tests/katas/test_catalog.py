"""Every way a `kata.toml` can be wrong gives one line that says which."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dojo.catalog.kata import CatalogError, Kata, find_kata, load_catalog, read_kata
from dojo.ground.paths import PACKAGE_ROOT, find_root

GOOD = """
number = 2
slug = "retries"
track = "prefect"
needs = ["prefect"]

[title]
en = "Retries"
fr = "Réessais"

[[tasks]]
title = { en = "retry", fr = "réessayez" }
points = 10
tests = ["test_retries", "test_raises"]
hints = { en = ["where", "idea", "line"], fr = ["où", "idée", "ligne"] }

[[tasks]]
title = { en = "wait", fr = "attendez" }
points = 5
tests = ["test_waits"]
hints = { en = ["where", "idea", "line"], fr = ["où", "idée", "ligne"] }
"""


def write(root: Path, text: str = GOOD, folder: str = "02_retries") -> Path:
    path = root / "katas" / folder
    path.mkdir(parents=True)
    (path / "kata.toml").write_text(text, encoding="utf-8")
    return path


def renamed(number: int, slug: str) -> str:
    return GOOD.replace("number = 2", f"number = {number}").replace('"retries"', f'"{slug}"')


@pytest.fixture
def kata(tmp_path: Path) -> Kata:
    return read_kata(write(tmp_path))


def test_tasks_are_in_order_only_when_the_kata_says_so(kata: Kata, tmp_path: Path) -> None:
    said = "in_order = true\n" + GOOD
    assert not kata.in_order
    assert read_kata(write(tmp_path / "other", said)).in_order


@pytest.fixture
def katas(tmp_path: Path) -> list[Kata]:
    write(tmp_path / "three", renamed(2, "retries"), "02_retries")
    write(tmp_path / "three", renamed(10, "retraining"), "10_retraining")
    write(tmp_path / "three", renamed(1, "flows"), "01_flows")
    return load_catalog(tmp_path / "three")


def test_good_file_gives_every_field(kata: Kata, tmp_path: Path) -> None:
    assert (kata.id, kata.track, kata.needs) == ("02_retries", "prefect", ["prefect"])
    assert kata.points == 15
    assert kata.tests == ["test_retries", "test_raises", "test_waits"]
    assert kata.title.get("fr") == "Réessais"
    assert kata.title.get("en") == "Retries"
    assert kata.tasks[0].hints.get("en") == ["where", "idea", "line"]
    assert kata.tasks[0].hints.get("fr") == ["où", "idée", "ligne"]


def test_kata_knows_where_its_files_lie(kata: Kata, tmp_path: Path) -> None:
    assert kata.root == tmp_path
    assert kata.stub_file == tmp_path / "katas/02_retries/retries.py"
    assert kata.test_file == tmp_path / "katas/02_retries/test_retries.py"
    assert kata.reference_file == tmp_path / "reference/02_retries/retries.py"
    assert kata.answers_folder == tmp_path / "reference/02_retries/answers"


@pytest.mark.parametrize(
    ("test", "number"),
    [("test_raises", 1), ("test_waits[503-0]", 2), ("test_other", None)],
    ids=["plain", "with_parameters", "not_listed"],
)
def test_task_is_found_by_its_test(kata: Kata, test: str, number: int | None) -> None:
    assert kata.task_number_of(test) == number


FAULTS = {
    "not_toml": ("number = 2", "number =", "is not TOML: Invalid value (at line 2"),
    "missing_key": ("number = 2\n", "", "'number' is missing"),
    "no_english": ('en = "wait", ', "", "'tasks.1.title.en' is missing"),
    "no_code_of_a_language": (
        ', fr = "attendez"',
        ', french = "a"',
        "'tasks.1.title.french': String",
    ),
    "unknown_key": ("needs =", "pionts = 3\nneeds =", "'pionts' is not a key of a kata"),
    "wrong_track": (
        '"prefect"\nneeds',
        '"perfect"\nneeds',
        "'track' is 'perfect'; the pack has 'prefect'",
    ),
    "zero_points": ("points = 10", "points = 0", "'tasks.0.points': Input should be greater than"),
    "two_hint_tiers": ('"idea", "line"]', '"line"]', "'tasks.0.hints.en': List should have at le"),
    "four_hint_tiers": ('["où",', '["où", "où",', "'tasks.0.hints.fr': List should have at most"),
    "empty_hint": ('["où",', '["",', "'tasks.0.hints.fr.0': String should have at least 1"),
    "empty_title": ('"Retries"', '""', "'title.en': String should have at least 1"),
    "no_tests": ('["test_waits"]', "[]", "'tasks.1.tests': List should have at least 1"),
    "bad_test_name": ('"test_waits"', '"waits"', "'tasks.1.tests.0': String should match pattern"),
    "test_with_parameters": ('"test_waits"', '"test_waits[1]"', "(it is 'test_waits[1]')"),
    "same_test_twice": ("test_waits", "test_raises", "test 'test_raises' is listed twice"),
    "number_too_large": ("number = 2", "number = 100", "'number': Input should be less than or"),
    "bad_slug": ('slug = "retries"', 'slug = "Re-tries"', "'slug': String should match pattern"),
    "number_unlike_folder": ("number = 2", "number = 3", "say '03_retries', the folder is called"),
    "slug_unlike_folder": ('slug = "retries"', 'slug = "retry"', "say '02_retry', the folder is c"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_wrong_file_is_refused_by_name(tmp_path: Path, fault: str) -> None:
    old, new, said = FAULTS[fault]
    folder = write(tmp_path, GOOD.replace(old, new, 1))

    with pytest.raises(CatalogError, match=re.escape(said)) as caught:
        read_kata(folder)

    assert str(caught.value).startswith("02_retries/kata.toml")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("points", "said"), [("0", "(and 1 more fault)"), ("0.5", "(and 2 more faults)")]
)
def test_several_faults_are_counted(tmp_path: Path, points: str, said: str) -> None:
    text = GOOD.replace("points = 10", f"points = {points}").replace("number = 2\n", "")
    if points == "0.5":
        text = text.replace('"Retries"', '""')

    with pytest.raises(CatalogError, match=re.escape(f"'number' is missing {said}")):
        read_kata(write(tmp_path, text))


def test_kata_without_tasks_is_refused(tmp_path: Path) -> None:
    head = GOOD.split("[[tasks]]", 1)[0].replace("[title]", "tasks = []\n[title]")

    with pytest.raises(CatalogError, match="'tasks': List should have at least 1 item"):
        read_kata(write(tmp_path, head))


def test_missing_file_says_each_folder_needs_one(tmp_path: Path) -> None:
    with pytest.raises(
        CatalogError, match=r"02_retries/kata\.toml does not exist; every folder in"
    ):
        read_kata(tmp_path / "katas" / "02_retries")


def test_unreadable_file_says_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "02_retries" / "kata.toml").mkdir(parents=True)

    with pytest.raises(CatalogError, match=r"02_retries/kata\.toml cannot be read: "):
        read_kata(tmp_path / "02_retries")


def test_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / "kata.toml").write_bytes(GOOD.encode("latin-1"))

    with pytest.raises(CatalogError, match="is not TOML: 'utf-8' codec can't decode byte 0xe9"):
        read_kata(folder)


def test_catalogue_is_ordered_by_number(katas: list[Kata]) -> None:
    assert [kata.id for kata in katas] == ["01_flows", "02_retries", "10_retraining"]


def test_folders_without_number_are_no_katas(tmp_path: Path) -> None:
    write(tmp_path)
    write(tmp_path, "not even TOML", "notes_to_self")
    (tmp_path / "katas" / "03_file").write_text("not a folder")

    assert [kata.id for kata in load_catalog(tmp_path)] == ["02_retries"]


def test_checkout_without_katas_is_empty(tmp_path: Path) -> None:
    assert load_catalog(tmp_path) == []


def test_two_katas_with_one_number_are_refused(tmp_path: Path) -> None:
    write(tmp_path)
    write(tmp_path, renamed(2, "caching"), "02_caching")

    with pytest.raises(
        CatalogError, match="02_caching and 02_retries have the same number; renumber one"
    ):
        load_catalog(tmp_path)


@pytest.mark.parametrize(
    "name",
    [
        "2",
        "02",
        "retries",
        "02_retries",
        "katas/02_retries",
        "./katas/02_retries/",
        "katas\\02_retries\\",
    ],
)
def test_kata_is_found_by_any_name(katas: list[Kata], name: str) -> None:
    assert find_kata(katas, name).id == "02_retries"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "retrys",
            "kata 'retrys' does not exist; did you mean '02_retries'? 'dojo list' names them all",
        ),
        ("20_retries", "did you mean '02_retries'?"),
        ("7", "kata '7' does not exist; 'dojo list' names them all"),
        ("²", "kata '²' does not exist; 'dojo list'"),
        ("", "kata '' does not exist; 'dojo list'"),
    ],
    ids=["near_slug", "near_id", "number", "superscript", "empty"],
)
def test_unknown_kata_names_the_nearest(katas: list[Kata], name: str, said: str) -> None:
    with pytest.raises(CatalogError, match=re.escape(said)):
        find_kata(katas, name)


def test_own_catalogue_has_no_fault() -> None:
    katas = load_catalog(PACKAGE_ROOT)

    assert katas
    assert all(kata.test_file.is_file() and kata.stub_file.is_file() for kata in katas)


def test_checkout_is_found_from_a_folder_below(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (tmp_path / "conftest.py").touch()

    assert find_root(folder) == tmp_path.resolve()


def test_own_checkout_serves_where_none_is_above(tmp_path: Path) -> None:
    # Somebody's folder of that name is no checkout.
    (tmp_path / "katas").mkdir()

    assert find_root(tmp_path) == PACKAGE_ROOT


def test_checkout_is_looked_for_from_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(write(tmp_path))
    (tmp_path / "conftest.py").touch()

    assert find_root() == tmp_path.resolve()

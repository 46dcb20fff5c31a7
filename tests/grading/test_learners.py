"""Who handed in what, in folders as platforms, browsers and people fill them."""

from __future__ import annotations

import datetime
import os
import random
import zipfile
from pathlib import Path

import pytest

from dojo.catalog.kata import find_kata, load_catalog
from dojo.ground.paths import PACKAGE_ROOT
from dojo.intake.submission import Collected, collect

KATAS = load_catalog(PACKAGE_ROOT)
KATA = find_kata(KATAS, "02")
PLACE = f"katas/{KATA.id}/{KATA.slug}.py"


def fill(folder: Path, *names: str) -> Path:
    """Write files, each with its own name in it; an archive has what follows `!` inside."""
    folder.mkdir(exist_ok=True)
    for name in names:
        name, *inside = name.split("!")
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith("/"):
            path.mkdir()
        elif inside:
            with zipfile.ZipFile(path, "w") as archive:
                for one in inside:
                    archive.writestr(one, f"# {name}\n")
        else:
            path.write_text(f"# {name}\n")
    return folder


def graded(collected: Collected) -> dict[str, str]:
    """Return the file that each learner is graded on; the fault where there is none."""
    return {
        one.learner: one.content.decode()[2:-1] if one.content is not None else one.fault
        for one in collected.submissions
    }


def of_class(folder: Path, *names: str) -> Collected:
    return collect([fill(folder / "class", *names)], None, KATAS, [KATA])


FORMS = {
    "moodle": (
        "Anna Doe_1234_assignsubmission_file_retries.py",
        "Ben_1235_assignsubmission_file_retries (1).py",
        {"Anna Doe": 0, "Ben": 1},
    ),
    "moodle folders": (
        "Anna Doe_1234_assignsubmission_file_/retries.py",
        "Ben_1235_assignsubmission_file/hand-in/katas/02_retries/retries.py",
        {"Anna Doe": 0, "Ben": 1},
    ),
    "moodle archives": (
        f"Anna Doe_1234_assignsubmission_file_work.zip!x/{PLACE}",
        "Ben_1235_assignsubmission_file_ben.ZIP!retries.py",
        {"Anna Doe": 0, "Ben": 1},
    ),
    "canvas": (
        "doeanna_81534_9712_retries-1.py",
        "ben_LATE_81535_9713_retries.py",
        {"doeanna": 0, "ben": 1},
    ),
    "blackboard": (
        "Homework 1_adoe_attempt_2026-11-24-17-58-00_retries.py",
        f"Homework 1_ben_attempt_2026-11-24-17-58-01_work.zip!{PLACE}",
        {"adoe": 0, "ben": 1},
    ),
    "brightspace": (
        "12345-6 - Anna Doe - Nov 24, 2026 558 PM - retries.py",
        "12346-6 - Ben - Nov 24, 2026 1158 PM/retries.py",
        {"Anna Doe": 0, "Ben": 1},
    ),
    "ilias": (
        "Doe_Anna_adoe_4711/retries.py",
        "Roe_Ben_ben_4712/retries.py",
        {"Doe_Anna_adoe_4711": 0, "Roe_Ben_ben_4712": 1},
    ),
    "gradescope": (
        "submission_123/retries.py",
        f"submission_124/{PLACE}",
        {"submission_123": 0, "submission_124": 1},
    ),
    "by hand": ("anna_retries.py", "02_retries - Ben Roe.py", {"anna": 0, "Ben Roe": 1}),
    "composed": ("Zoe\u0308_retries.py", "अनिता_retries.py", {"Zo\u00eb": 0, "अनिता": 1}),
    "files beside folders": (
        "anna_1_assignsubmission_file_retries.py",
        "zoe/retries.py",
        {"anna": 0, "zoe": 1},
    ),
    "called katas": ("katas/retries.py", "anna/retries.py", {"katas": 0, "anna": 1}),
    "called like a kata": (
        "02_retries/retries.py",
        "anna/retries.py",
        {"02_retries": 0, "anna": 1},
    ),
    "called katas, whole": (PLACE, f"anna/{PLACE}", {"katas": 0, "anna": 1}),
    "called like another kata": (
        "03_caching/retries.py",
        "anna.zip!retries.py",
        {"03_caching": 0, "anna": 1},
    ),
    "called like a kata, beside a file": (
        "02_retries/retries.py",
        "anna_1_assignsubmission_file_retries.py",
        {"02_retries": 0, "anna": 1},
    ),
    "called like a kata, beside a file by hand": (
        "02_retries/retries.py",
        "anna_retries.py",
        {"02_retries": 0, "anna": 1},
    ),
    "called as a browser calls": (
        "group (1)/retries.py",
        "group (2)/retries.py",
        {"group (1)": 0, "group (2)": 1},
    ),
    "namesakes": (
        "Anna_1_assignsubmission_file_retries.py",
        "Anna_2_assignsubmission_file_retries.py",
        {"Anna_1": 0, "Anna_2": 1},
    ),
}


# Whoever is named by a path is called by that path.
EACH = [("each by itself", form) for form in FORMS if not form.startswith("called")]


@pytest.mark.parametrize(("how", "form"), [*(("the folder", form) for form in FORMS), *EACH])
def test_each_learner_of_a_class_is_found(tmp_path: Path, how: str, form: str) -> None:
    first, second, learners = FORMS[form]
    folder = fill(tmp_path / "class", first, second)
    paths = [folder] if how == "the folder" else sorted(folder.iterdir())
    collected = collect(paths, None, KATAS, [KATA])
    names = [one.split("!")[0] for one in (first, second)]
    assert graded(collected) == {who: names[place] for who, place in learners.items()}
    assert (collected.ungraded, collected.left_out) == ([], [])


@pytest.mark.parametrize(
    "name",
    [
        *("__MACOSX/anna/._retries.py", ".idea/workspace.xml", "lost+found/", "Thumbs.db"),
        *(".DS_Store", "desktop.ini", "$RECYCLE.BIN/x.py", "System Volume Information/"),
        *("@eaDir/retries.py", "venv/retries.py", "__pycache__/retries.pyc", "~$list.docx"),
        *("THUMBS.DB", "._anna.zip", "grades.csv", "index.html", "submission_metadata.yml"),
        *("results.json", "results.sqlite-wal"),
    ],
)
def test_what_systems_and_instructors_leave_is_no_learner(tmp_path: Path, name: str) -> None:
    collected = of_class(tmp_path, name, "anna/retries.py")
    assert graded(collected) == {"anna": "anna/retries.py"}
    assert collected.left_out == [str(tmp_path / "class" / name.split("/")[0])]
    assert collected.ungraded == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("notes.pdf", "is no folder, archive or Python file; hand in one of these"),
        ("anna.docx", "is no folder, archive or Python file"),
        ("anna.py", "whose is it? Put it into a folder with the learner's name"),
        ("retries.py", "whose is it? "),
        ("test_retries.py", "whose is it? "),
        ("class.zip!ben/retries.py!cleo/retries.py", "holds 2 hand-ins (ben, cleo), not one"),
        (f"class.zip!x/ben/{PLACE}!x/cleo/retries.py", "holds 2 hand-ins (ben, cleo), not one"),
        ("class.zip!ben.zip!cleo.tar.gz", "holds 2 hand-ins (ben, cleo), not one"),
        ("class.zip!a_1_assignsubmission_file_retries.py!b_2_5_retries.py", "holds 2 hand-ins"),
    ],
)
def test_what_is_perhaps_somebodys_is_named_with_the_cure(
    tmp_path: Path, name: str, said: str
) -> None:
    collected = of_class(tmp_path, name, "ben/retries.py", "zoe/retries.py")
    assert graded(collected) == {"ben": "ben/retries.py", "zoe": "zoe/retries.py"}
    (line,) = collected.ungraded
    assert line.startswith(f"{tmp_path / 'class' / name.split('!')[0]}: {said}")


def test_pipe_among_hand_ins_is_named_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(fill(tmp_path / "class", "anna/retries.py") / "ben")
    collected = of_class(tmp_path)
    assert list(graded(collected)) == ["anna"]
    assert "ben: is no regular file" in collected.ungraded[0]


@pytest.mark.parametrize(
    "names",
    [
        [f"anna.zip!{PLACE}!reference/02_retries/retries.py!tests/02_retries/retries.py"],
        ["anna.zip!anna-main/retries.py!__MACOSX/anna-main/._retries.py!notes/retries.txt"],
        ["anna.zip!src/retries.py!data.zip!more.zip"],
        ["anna.zip!02_retries/retries.py!03_caching/caching.py"],
        ["anna.zip!old/03_caching/caching.py!new/02_retries/retries.py"],
    ],
)
def test_one_learners_archive_is_not_taken_for_a_class(tmp_path: Path, names: list[str]) -> None:
    collected = of_class(tmp_path, *names)
    assert list(graded(collected).values()) == ["anna.zip"]
    assert collected.ungraded == []


@pytest.mark.parametrize(
    ("names", "who"),
    [
        ([PLACE, "reference/02_retries/retries.py", "tests/retries.py"], "anna"),
        ([PLACE, "pyproject.toml", "backup/retries.py"], "anna"),
        (["retries.py", "old/03_caching.py"], "anna"),
        (["retries.py", "retries_old.py", "my_retries.py"], "anna"),
        (["retries.py", "notes.txt", "slides.zip!a.pdf"], "anna"),
        (["02_retries/retries.py", "slides.zip!a.pdf"], "anna"),
        (["retrys.py", "notes.txt"], "anna"),
    ],
)
def test_one_learners_folder_is_not_taken_for_a_class(
    tmp_path: Path, names: list[str], who: str
) -> None:
    folder = fill(tmp_path / "anna", *names)
    collected = collect([folder], None, KATAS, [KATA])
    assert list(graded(collected)) == [who]
    assert collected.ungraded == []


def test_hand_in_beside_a_file_is_named_and_a_class_beside_one_is_graded(tmp_path: Path) -> None:
    collected = of_class(tmp_path, "retries.py", "old/retries.py")
    assert graded(collected) == {"class": "retries.py"}
    assert "old: is a hand-in too" in collected.ungraded[0]
    collected = of_class(tmp_path, "anna.zip!retries.py")
    assert graded(collected) == {"anna": "anna.zip", "old": "old/retries.py"}
    assert "retries.py: whose is it?" in collected.ungraded[0]


def test_what_is_named_twice_is_one_hand_in(tmp_path: Path) -> None:
    folder = fill(tmp_path / "class", "anna/retries.py", "ben.zip!retries.py")
    collected = collect([folder, folder / "anna", folder], None, KATAS, [KATA])
    assert graded(collected) == {"anna": "anna/retries.py", "ben": "ben.zip"}
    assert [one.notes for one in collected.submissions] == [(), ()]
    assert (collected.ungraded, collected.left_out) == ([], [])


@pytest.mark.parametrize("inside", ["katas", "katas/02_retries", PLACE])
def test_learner_is_not_called_like_what_is_in_a_checkout(tmp_path: Path, inside: str) -> None:
    collected = collect([fill(tmp_path / "anna", PLACE) / inside], None, KATAS, [KATA])
    assert list(graded(collected)) == ["anna"]


@pytest.mark.parametrize("place", [".", "..", "anna"])
def test_learners_folder_is_called_by_its_name_from_wherever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    folder = fill(tmp_path / "anna", PLACE)
    monkeypatch.chdir({".": folder, "..": folder / "katas", "anna": tmp_path}[place])
    assert list(graded(collect([Path(place)], None, KATAS, [KATA]))) == ["anna"]


@pytest.mark.parametrize("names", [[], ["Thumbs.db"], ["anna.py", "ben.py"]])
def test_class_without_a_learner_has_no_invented_one(tmp_path: Path, names: list[str]) -> None:
    collected = of_class(tmp_path, *names)
    assert collected.submissions == []
    assert (
        len(collected.ungraded) == max(len(names), 1) or "holds no hand-in" in collected.ungraded[0]
    )


ATTEMPTS = {
    "browser": ["anna.zip!retries.py", "anna (1).zip!retries.py", "anna (2).zip!retries.py"],
    "browser, tens": ["anna.zip!retries.py", "anna (9).zip!retries.py", "anna (10).zip!retries.py"],
    "copy": ["anna - Copy.zip!retries.py", "anna.zip!retries.py"],
    "unpacked": ["anna.zip!retries.py", "anna (1)/retries.py"],
    "canvas": ["anna_1_90_retries.py", "anna_1_80_retries-1.py", "anna_1_70_retries-2.py"],
    "blackboard": [
        "H_anna_attempt_2026-11-24-17-58-00_retries.py",
        "H_anna_attempt_2026-11-25-07-58-00_retries.py",
    ],
    "with a kata": [
        "anna_1_assignsubmission_file_zoo.zip!a.png",
        "anna_1_assignsubmission_file_work.zip!x/retries.py",
    ],
    "with the file": [
        "anna_1_assignsubmission_file_zoo.zip!a.png",
        "anna_1_assignsubmission_file_retries.py",
    ],
    "brightspace": [
        "1-6 - anna - Nov 24, 2026 958 AM - retries.py",
        "1-6 - anna - Nov 24, 2026 1058 PM - retries.py",
    ],
}


@pytest.mark.parametrize("kind", ATTEMPTS)
def test_newest_of_several_attempts_counts_and_is_told(tmp_path: Path, kind: str) -> None:
    *older, newest = (name.split("!")[0] for name in ATTEMPTS[kind])
    collected = of_class(tmp_path, *ATTEMPTS[kind])
    assert graded(collected) == {"anna": newest}
    (note,) = collected.submissions[0].notes
    assert note.startswith(f"of {len(older) + 1} attempts {newest.split('/')[0]} counts, not ")
    assert all(name.split("/")[0] in note for name in older)
    assert len(collected.left_out) == len(older)
    assert collected.ungraded == []


@pytest.mark.parametrize("kind", ATTEMPTS)
def test_first_attempt_counts_where_it_is_asked_for(tmp_path: Path, kind: str) -> None:
    with_kata = [name for name in ATTEMPTS[kind] if not name.endswith("png")]
    folder = fill(tmp_path / "class", *ATTEMPTS[kind])
    collected = collect([folder], None, KATAS, [KATA], counts="first")

    assert graded(collected) == {"anna": with_kata[0].split("!")[0]}
    assert len(collected.left_out) == len(ATTEMPTS[kind]) - 1


@pytest.mark.parametrize("kind", ATTEMPTS)
def test_all_attempts_are_graded_where_the_best_counts(tmp_path: Path, kind: str) -> None:
    with_kata = [name for name in ATTEMPTS[kind] if not name.endswith("png")]
    folder = fill(tmp_path / "class", *ATTEMPTS[kind])
    collected = collect([folder], None, KATAS, [KATA], counts="best")

    found = [(one.learner, one.content) for one in collected.submissions]
    wanted = [("anna", f"# {name.split('!')[0]}\n".encode()) for name in with_kata]
    assert found == wanted
    assert len(collected.left_out) == len(ATTEMPTS[kind]) - len(with_kata)
    assert collected.ungraded == []


def test_best_of_several_files_of_one_time_is_one_attempt(tmp_path: Path) -> None:
    names = ("H_anna_attempt_2026-11-24-17-58-00_retries.py", "anna.zip!retries.py")
    folder = fill(tmp_path / "class", *names, "ben/retries.py")
    both = collect([folder, folder / "ben"], None, KATAS, [KATA], counts="best")

    assert [one.learner for one in both.submissions].count("ben") == 1


def test_files_of_one_learner_are_one_hand_in(tmp_path: Path) -> None:
    names = [f"anna_1_assignsubmission_file_{name}.py" for name in ("retries", "caching")]
    collected = collect([fill(tmp_path / "class", *names)], None, KATAS, [])
    assert [(one.learner, one.kata.id) for one in collected.submissions] == [
        ("anna", "02_retries"),
        ("anna", "03_caching"),
    ]


def test_what_was_typed_into_the_platform_is_passed_over_beside_a_file(tmp_path: Path) -> None:
    collected = of_class(
        tmp_path,
        "anna_1_assignsubmission_file_retries.py",
        "anna_1_assignsubmission_onlinetext_onlinetext.html",
        "H_ben_attempt_2026-11-24-17-58-00_retries.py",
        "H_ben_attempt_2026-11-24-17-58-00.txt",
        "cleo_81534_text.html",
    )
    said = graded(collected)
    assert said.pop("cleo").startswith("it was typed into the platform's page")
    assert set(said) == {"anna", "ben"}
    assert len(collected.left_out) == 2


def test_platforms_date_counts_in_the_deadlines_zone(tmp_path: Path) -> None:
    zone = datetime.timezone(datetime.timedelta(hours=1))
    folder = fill(tmp_path / "class", "H_anna_attempt_2026-11-24-17-58-00_retries.py")
    collected = collect([folder], None, KATAS, [KATA], zone)
    assert collected.submissions[0].submitted == datetime.datetime(
        2026, 11, 24, 17, 58, tzinfo=zone
    )
    assert collected.told == ["dates in 1 names have no zone: read in UTC+01:00"]


STEMS = ("anna", "ben (1)", "ben", "katas", "02_retries", "a_1_2", "[abc]", "--help", "reference")
ENDS = (
    *("", "/", "/retries.py", f"/{PLACE}", ".py", ".zip!retries.py", ".RAR", ".txt", ".csv"),
    *("_retries.py", "_1_2_retries.py", "_7_assignsubmission_file_retries.py", "_7_text.html"),
    *("_7_assignsubmission_file_/retries.py", "_attempt_2026-11-24-17-58-00_retries.py"),
)


@pytest.mark.parametrize("seed", range(40))
def test_every_entry_of_a_class_is_graded_or_named(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    names = {draw.choice(STEMS) + draw.choice(ENDS) for _ in range(8)}
    # One name cannot be a file and a folder.
    names = {name.split("!")[0].split("/")[0]: name for name in sorted(names)}
    collected = of_class(tmp_path, "zoe/retries.py", "yan_retries.py", *names.values())
    told = [*collected.ungraded, *collected.left_out]
    told += [f"{one.source} {one.notes}" for one in collected.submissions]
    assert [name for name in names if not any(f"/{name}" in line for line in told)] == []
    assert {"zoe", "yan"} <= set(graded(collected))

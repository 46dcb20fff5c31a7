"""The ten minutes of the instructor's page, as they stand there, with made-up downloads."""

from __future__ import annotations

import csv
import re
import shlex
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dojo.batch import batch
from dojo.cli.door import app
from dojo.grading.results import Results
from dojo.ground.exits import Exit
from dojo.ground.paths import PACKAGE_ROOT
from tests.made_up_results import a_result

PAGE = (PACKAGE_ROOT / "docs" / "instructors.md").read_text(encoding="utf-8")
SECTION = PAGE.split("## A first grading in ten minutes")[1].split("\n## ")[0]
COMMANDS = [
    shlex.split(line)
    for block in re.findall(r"```bash\n(.*?)```", SECTION, re.DOTALL)
    for line in block.splitlines()
]
NAMES = (
    *("Anna Doe", "Ben Roe", "Cléo Poe", "Dan Moe", "Eve Loe", "Farid Koe", "Gül Joe"),
    *("Hugo Ioe", "Inès Hoe", "Jan Goe", "Kim Foe", "Léa Eoe"),
)
# Two have more time: the second and the third, who were a day late like the fourth.
MORE_TIME = {"Ben Roe": "2d", "Cléo Poe": "36h"}
LATE = ("Ben Roe", "Cléo Poe", "Dan Moe")
IN_TIME, DAY_LATE = "24/11/2026 17:58", "25/11/2026 17:30"


def when(name: str) -> str:
    return DAY_LATE if name in LATE else IN_TIME


def moodle(folder: Path) -> str:
    rows = [
        [
            "Identifier",
            "Full name",
            "Email address",
            "Status",
            "Grade",
            "Maximum grade",
            "Grade can be changed",
            "Last modified (submission)",
            "Last modified (grade)",
            "Feedback comments",
            "extension",
        ]
    ]
    for number, name in enumerate(NAMES, start=501):
        (folder / f"{name}_{number}_assignsubmission_file_retries.py").write_text(f"x = {number}\n")
        day = "Wednesday, 25" if name in LATE else "Tuesday, 24"
        date = f"{day} November 2026, {'5:30' if name in LATE else '5:58'} PM"
        rows.append([f"Participant {number}", name, f"{number}@uni.example", "Submitted", ""])
        rows[-1] += ["20.00", "Yes", date, "-", "", MORE_TIME.get(name, "")]
    return write(rows)


def moodle_folders(folder: Path) -> str:
    """Write what Moodle does with *Download submissions in folders*: archives as they came."""
    written = moodle(folder)
    for place, file in enumerate(sorted(folder.iterdir())):
        own = folder / file.name.removesuffix("_retries.py")
        own.mkdir()
        if place % 3 == 0:
            with zipfile.ZipFile(own / "my homework.zip", "w") as archive:
                archive.write(file, "hw/retries.py")
            file.unlink()
        else:
            file.rename(own / ("retries.py" if place % 3 == 1 else "retries (1).py"))
    return written


def canvas(folder: Path) -> str:
    rows = [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Essay (71)", "Retries (72)"]
    ]
    rows[0] += ["Current Score", "submitted", "extension"]
    rows += [["    Points Possible", "", "", "", "", "10", "20", "(read only)", "", ""]]
    for number, name in enumerate(NAMES, start=501):
        first, last = name.split()
        late = "_LATE" if name in LATE else ""
        bare = f"{last}{first}".lower()
        (folder / f"{bare}{late}_{number}_{number * 7}_retries.py").write_text(f"x = {number}\n")
        rows.append([f"{last}, {first}", str(number), f"s{number}", bare, "CS 1", "7", "", "35"])
        rows[-1] += [when(name), MORE_TIME.get(name, "")]
    return write(rows)


def github(folder: Path) -> str:
    rows = [["identifier", "github_username", "github_id", "name", "extension"]]
    for number, name in enumerate(NAMES, start=501):
        login = name.replace(" ", "-").lower()
        place = folder / f"retries-{login}" / "katas" / "02_retries"
        place.mkdir(parents=True)
        (place / "retries.py").write_text(f"x = {number}\n")
        date = f"2026-11-{'25T17:30' if name in LATE else '24T17:58'}:00+01:00"
        who = ("-c", "user.name=a", "-c", "user.email=a@b")
        for words in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "x", f"--date={date}"]):
            dated = {
                "GIT_COMMITTER_DATE": date,
                "HOME": str(folder.parent),
                "PATH": "/usr/bin:/bin",
            }
            subprocess.run(["git", *words], cwd=place.parents[1], check=True, env=dated)
        rows.append([f"s{number}", login, str(number), name, MORE_TIME.get(name, "")])
    return write(rows)


def write(rows: list[list[str]]) -> str:
    with Path("list.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return Path("list.csv").read_text(encoding="utf-8")


PLATFORMS = {
    "moodle": moodle,
    "moodle folders": moodle_folders,
    "canvas": canvas,
    "github": github,
}
CALLED = {"canvas": "doeanna", "github": "retries-anna-doe"}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_class_of_twelve_is_graded_from_the_page_alone(
    platform: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "download").mkdir()
    before = PLATFORMS[platform](tmp_path / "download")
    platform = platform.split()[0]

    def grade(submissions: Any, *_: Any) -> Any:
        assert [one.fault for one in submissions if one.fault] == []
        return [
            a_result(learner=one.learner, source=one.source, submitted=one.submitted).model_copy(
                update={"points": 50, "earned": 40, "notes": one.notes}
            )
            for one in submissions
        ]

    monkeypatch.setattr(batch, "grade_batch", grade)
    outputs = {}
    for words in COMMANDS:
        words = [CALLED.get(platform, one) if one == "Anna Doe" else one for one in words]
        if {"moodle", "canvas", "gradebook"} & {*words} - {platform, "gradebook"}:
            continue  # "One of these"
        done = CliRunner().invoke(app, words[1:])
        assert done.exit_code == Exit.DONE, (words, done.output)
        outputs[words[1]] = done.output

    record = Results.model_validate_json(Path("results.json").read_bytes())
    late = {one.learner: one.late_days for one in record.results if one.late_days}
    assert (len(record.results), list(late.values())) == (12, [1])
    assert sum(one.deadline is not None for one in record.results) == 2
    assert sorted(one.earned or 0 for one in record.results) == [35, 36, *[40] * 10]
    assert "12 graded, 0 not graded" in outputs["grade"]
    assert len(list(Path("feedback").iterdir())) == 12
    assert Path("cohort.html").exists()
    assert len(Path("gradebook.csv").read_text(encoding="utf-8").splitlines()) == 13
    if platform != "github":
        old = list(csv.reader(before.splitlines()))
        new = list(csv.reader(Path("marks.csv").read_text(encoding="utf-8").splitlines()))
        place = {"moodle": 4, "canvas": 6}[platform]
        # Of the twenty points that the assignment may earn there.
        assert [row[place] for row in new[-12:]] == ["14", "16", "16", "14.4", *["16"] * 8]
        ours = {"submitted", "extension"}
        for was, now in zip(old, new, strict=True):
            kept = [cell for cell, name in zip(was, old[0], strict=True) if name not in ours]
            assert kept[:place] + kept[place + 1 :] == now[:place] + now[place + 1 :]

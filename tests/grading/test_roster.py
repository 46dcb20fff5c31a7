"""A roster is read as spreadsheets write it, or refused by a line that mends it."""

from __future__ import annotations

import datetime
import subprocess
import zoneinfo
from pathlib import Path
from typing import Any

import pytest

from dojo.catalog.kata import find_kata, load_catalog
from dojo.ground.paths import PACKAGE_ROOT
from dojo.intake.learners import RosterError
from dojo.intake.submission import Collected, collect
from tests.grading.test_submission import commit, hand_in

KATAS = load_catalog(PACKAGE_ROOT)
KATA = find_kata(KATAS, "02")
UTC = datetime.timezone.utc
PARIS = zoneinfo.ZoneInfo("Europe/Paris")


def read(folder: Path, content: bytes | str, zone: datetime.tzinfo | None = None) -> Collected:
    roster = folder / "roster.csv"
    roster.write_bytes(content.encode() if isinstance(content, str) else content)
    return collect([], roster, KATAS, [KATA], zone)


def test_roster_names_paths_repositories_and_dates(tmp_path: Path) -> None:
    hand_in(tmp_path / "a")
    hand_in(tmp_path / "b", "b = 1\n")
    commit(tmp_path / "b", "2026-03-01T10:00:00+00:00")
    subprocess.run(["git", "clone", "-q", "--bare", tmp_path / "b", tmp_path / "c.git"], check=True)
    collected = read(
        tmp_path,
        "id,path,submitted\nanna,a,2026-02-01T12:00:00Z\nbob,b,\n"
        f"carl,file://{tmp_path / 'c.git'},\n",
    )
    first = datetime.datetime(2026, 2, 1, 12, tzinfo=UTC)
    second = datetime.datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert [(one.learner, one.content, one.submitted) for one in collected.submissions] == [
        ("anna", b"x = 1\n", first),
        ("bob", b"b = 1\n", second),
        ("carl", b"b = 1\n", second),
    ]
    assert (collected.ungraded, collected.told) == ([], [])


TABLE = "ID;Path ;Submitted\r\nzoé;a;24/11/2026 17:58\r\n;;\r\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_roster_of_a_spreadsheet_is_read(tmp_path: Path, encoding: str, separator: str) -> None:
    hand_in(tmp_path / "a")
    collected = read(tmp_path, TABLE.replace(";", separator).encode(encoding), PARIS)
    (found,) = collected.submissions
    assert (found.learner, found.content) == ("zo\u00e9", b"x = 1\n")
    assert found.submitted == datetime.datetime(2026, 11, 24, 16, 58, tzinfo=UTC)
    said = ["1 of 1 dates have no zone: read in Europe/Paris"]
    said = ["is not UTF-8, read as cp1252: look at the names", *said][encoding != "cp1252" :]
    assert collected.told == [f"{tmp_path / 'roster.csv'}: {one}" for one in said]


def test_who_has_terms_of_their_own_is_told_and_a_column_that_is_not_read(tmp_path: Path) -> None:
    hand_in(tmp_path / "a")
    hand_in(tmp_path / "b")
    table = "id;path;extension;group\nanna;a;3d;2\nben;b;;1\n"
    roster = tmp_path / "roster.csv"

    assert read(tmp_path, table.encode(), PARIS).told == [
        f"{roster}: a time of their own have anna"
    ]
    assert read(tmp_path, table.replace("extension", "more").encode(), PARIS).told == [
        f"{roster}: the column 'more' is not read: call it 'extension' if that is it"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\nid;path\nanna;a\n",
        "\n\nid,path\n\nanna,a\n\n",
        '"id","path"\r"anna","a"\r',
        "name,path,id,more\nx,a,anna\n",
        "id,path\nanna,.\\a\\\n",
        "id,path\nanna,a/\n",
    ],
    ids=["sep", "empty lines", "old line ends", "other columns", "backslashes", "slash"],
)
def test_roster_is_read_whatever_is_around_it(tmp_path: Path, text: str) -> None:
    hand_in(tmp_path / "a")
    (found,) = read(tmp_path, text).submissions
    assert (found.learner, found.content) == ("anna", b"x = 1\n")


@pytest.mark.parametrize("name", ["anna@uni.example", "git@host:anna", "Zoe\u0308"])
def test_path_of_a_roster_is_a_path_if_it_exists(tmp_path: Path, name: str) -> None:
    hand_in(tmp_path / name)
    (found,) = read(
        tmp_path, f"id,path\nanna,{name.replace('e' + chr(0x308), chr(0xEB))}/\n"
    ).submissions
    assert found.content == b"x = 1\n"


def test_file_that_a_platform_named_is_taken_from_a_roster(tmp_path: Path) -> None:
    (tmp_path / "x_12_assignsubmission_file_retries.py").write_text("x = 1\n")
    text = "id,path\nanna,x_12_assignsubmission_file_retries.py\n"
    (found,) = read(tmp_path, text).submissions
    assert (found.learner, found.content) == ("anna", b"x = 1\n")


@pytest.mark.parametrize(
    ("first", "second", "which"),
    [
        ("2026-11-20T10:00Z", "2026-11-24T10:00Z", "b"),
        ("2026-11-24T10:00Z", "2026-11-20T10:00Z", "a"),
        ("2026-11-24T10:00+02:00", "2026-11-24T09:00Z", "b"),
        ("2026-11-24T10:00Z", "", "a"),
        ("", "", "b"),
    ],
)
def test_newest_of_a_learners_lines_counts_and_is_told(
    tmp_path: Path, first: str, second: str, which: str
) -> None:
    for name in "ab":
        hand_in(tmp_path / name, f"{name} = 1\n")
    collected = read(tmp_path, f"id,path,submitted\nanna,a,{first}\nANNA,b,{second}\n")
    (found,) = collected.submissions
    other = "ba"["ab".index(which)]
    assert found.content == f"{which} = 1\n".encode()
    assert found.notes == (f"twice in the roster: {which} counts, not {other}",)
    assert (collected.left_out, collected.ungraded) == ([other], [])


def test_listed_learner_with_several_hand_ins_is_unreadable(tmp_path: Path) -> None:
    for name in ("old", "new"):
        hand_in(tmp_path / "a" / name)
    (found,) = read(tmp_path, "id,path\nanna,a\n").submissions
    assert "it holds 2 hand-ins (new, old)" in found.fault


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", r"is empty: its first line is 'id,path'"),
        (b" \r\n\r\n", r"is empty"),
        (b"sep=;\n", r"is empty"),
        (b"id;path\n", r"names nobody"),
        (b"id;path\n;\n", r"names nobody"),
        (
            "name;where;été\nanna;a\n".encode("cp1252"),
            r"read as cp1252 with the separator semicolon, .* \['name', 'where', 'été'\]",
        ),
        (b"id\tname\nanna\ta\n", r"read as utf-8 with the separator tab, its first line has"),
        (b"id,path\nanna,\n", r"line 2 .* lacks an id or a path"),
        (b"sep=;\n\nid;path\nanna;\n", r"line 4 .* lacks an id or a path"),
        (
            b"id,path\nanna,https://example.org/a.git\n",
            r"line 2 .*not on this machine; 'git clone'",
        ),
        (b"id,path\nanna,git@example.org:anna/a.git\n", r"line 2 .*not on this machine"),
        (b"id,path,submitted\nanna,a,yesterday\n", r"line 2 .*'yesterday' is no date; write 2026-"),
        (b"id,path,submitted\nanna,a,24/11/2026\n", r"'24/11/2026' has no time of day; write"),
        (b"id,path,submitted\nanna,a,03/04/2026 10:00\n", r"may put the day first or the month"),
        (
            b"id,path,submitted\na,a,13/04/2026 10:00\nb,a,04/13/2026 10:00\n",
            r"has '13/04.* and '04/13",
        ),
        (b"id,path\nzo\x81,a\n", r"no text in utf-8 or cp1252 .*save it as 'CSV UTF-8'"),
        (b"PK\x03\x04\0\0id,path", r"is no text in utf-8 or cp1252"),
        (b"\xff\xfei\0d", r"no text in utf-16 \(truncated data at byte 4\)"),
        (b"id,path\nanna," + b"a" * 200_000, r"line 2 .*field larger than"),
    ],
)
def test_bad_roster_is_one_line_that_mends_it(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(RosterError, match=said) as refused:
        read(tmp_path, content)
    assert "\n" not in str(refused.value)


def test_one_date_says_in_which_order_all_are_written(tmp_path: Path) -> None:
    hand_in(tmp_path / "a")
    text = "id,path,submitted\nanna,a,03/04/2026 10:00\nbob,a,{} 10:00\n"
    for other, month in (("13/04/2026", 4), ("04/13/2026", 3)):
        found = read(tmp_path, text.format(other)).submissions
        assert found[0].submitted is not None
        assert found[0].submitted.month == month


def policies(folder: Path, text: str, zone: datetime.tzinfo | None = PARIS) -> Collected:
    """Collect a class's folder with a roster beside it."""
    roster = folder / "roster.csv"
    roster.write_text(text)
    return collect([folder / "class"], roster, KATAS, [KATA], zone)


def test_line_without_a_path_is_on_whom_the_folder_has(tmp_path: Path) -> None:
    for name in ("Zo\u00e9", "ben"):
        hand_in(tmp_path / "class" / name)
    text = (
        "id;deadline;extension;group;submitted\nZOE\u0301;;3d;A;24/11/2026 17:59\n"
        "ben;26/11/2026 18:00;;\ncleo;;1d;B\n"
    )
    collected = policies(tmp_path, text)

    ben, zoe = (one.terms for one in collected.submissions)
    assert (zoe.extension, zoe.columns) == (datetime.timedelta(days=3), (("group", "A"),))
    assert ben.deadline == datetime.datetime(2026, 11, 26, 17, tzinfo=UTC)
    dates = [one.submitted for one in collected.submissions]
    assert dates == [None, datetime.datetime(2026, 11, 24, 16, 59, tzinfo=UTC)]
    assert any("line 4" in one and "'cleo' handed in nothing" in one for one in collected.told)
    assert collected.ungraded == []


def test_mistyped_id_is_named_beside_the_one_that_it_is_like(tmp_path: Path) -> None:
    hand_in(tmp_path / "class" / "benjamin")

    (told,) = policies(tmp_path, "id,extension\nbenjamn,2d\n").told

    assert told.endswith("'benjamn' handed in nothing; there is 'benjamin': is that it?")


def test_terms_may_stand_beside_the_path_or_on_a_line_of_their_own(tmp_path: Path) -> None:
    hand_in(tmp_path / "class" / "anna")
    hand_in(tmp_path / "late" / "bob", "b = 1\n")
    collected = policies(tmp_path, "id,path,extension\nbob,late/bob,36h\nanna,,10m\n")

    hours = [one.terms.extension / datetime.timedelta(hours=1) for one in collected.submissions]
    assert hours == [pytest.approx(1 / 6), 36]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,extension\nanna,3\n", "line 2 .*the extension '3' is no length of time: write 10m"),
        ("id,deadline\nanna,soon\n", "line 2 .*'soon' is no date; write 2026-"),
        ("id,extension\nanna,3d\nANNA,4d\n", "line 3 .*'ANNA' is there twice: keep one line"),
        ("who,extension\nanna,3d\n", "needs the column 'id'"),
    ],
)
def test_terms_that_cannot_be_read_are_refused(tmp_path: Path, text: str, said: str) -> None:
    hand_in(tmp_path / "class" / "anna")
    with pytest.raises(RosterError, match=said):
        policies(tmp_path, text)


@pytest.mark.parametrize(("counts", "content"), [("newest", b"b = 1\n"), ("first", b"x = 1\n")])
def test_of_two_lines_the_one_that_is_asked_for_counts(
    tmp_path: Path, counts: Any, content: bytes
) -> None:
    hand_in(tmp_path / "a")
    hand_in(tmp_path / "b", "b = 1\n")
    roster = tmp_path / "roster.csv"
    roster.write_text("id,path,submitted\nanna,b,2026-02-02T12:00Z\nAnna,a,2026-02-01T12:00Z\n")

    (found,) = collect([], roster, KATAS, [KATA], counts=counts).submissions
    both = collect([], roster, KATAS, [KATA], counts="best").submissions

    assert found.content == content
    assert "twice in the roster" in found.notes[-1]
    assert [one.content for one in both] == [b"x = 1\n", b"b = 1\n"]

"""From whatever was handed in to the one file that is graded."""

from __future__ import annotations

import datetime
import io
import os
import shutil
import subprocess
import tarfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from dojo.catalog.handed_out import handed_out
from dojo.catalog.kata import find_kata, load_catalog
from dojo.ground.paths import PACKAGE_ROOT
from dojo.intake import archives
from dojo.intake.archives import MOST_SOURCE_BYTES, Unreadable
from dojo.intake.learners import RosterError
from dojo.intake.submission import Submission, collect
from dojo.language.stubs import versions

KATAS = load_catalog(PACKAGE_ROOT)
KATA = find_kata(KATAS, "02")
PLACE = f"katas/{KATA.id}/{KATA.slug}.py"


def hand_in(folder: Path, text: str = "x = 1\n", place: str = PLACE) -> Path:
    file = folder / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return folder


def only(path: Path) -> Submission:
    collected = collect([path], None, KATAS, [KATA])
    assert (collected.ungraded, collected.told) == ([], [])
    (found,) = collected.submissions
    return found


@pytest.mark.parametrize("place", [PLACE, f"{KATA.id}/{KATA.slug}.py", f"{KATA.slug}.py"])
def test_file_is_found_where_learners_put_it(tmp_path: Path, place: str) -> None:
    found = only(hand_in(tmp_path / "anna", place=place))
    assert (found.learner, found.kata.id, found.content) == ("anna", KATA.id, b"x = 1\n")


def test_single_file_is_called_after_its_folder(tmp_path: Path) -> None:
    hand_in(tmp_path / "anna", place="retries.py")
    assert only(tmp_path / "anna" / "retries.py").learner == "anna"


def test_folder_of_folders_and_archives_is_a_class(tmp_path: Path) -> None:
    hand_in(tmp_path / "bob")
    with zipfile.ZipFile(tmp_path / "anna.zip", "w") as archive:
        archive.writestr(f"anna-main/{PLACE}", "a = 1\n")
    with tarfile.open(tmp_path / "carl.tar.gz", "w:gz") as tar:
        member = tarfile.TarInfo(f"./{PLACE}")
        member.size = 6
        tar.addfile(member, io.BytesIO(b"c = 1\n"))
    collected = collect([tmp_path], None, KATAS, [KATA])
    assert [(one.learner, one.content) for one in collected.submissions] == [
        ("anna", b"a = 1\n"),
        ("bob", b"x = 1\n"),
        ("carl", b"c = 1\n"),
    ]
    assert (collected.ungraded, collected.left_out) == ([], [])


def test_katas_that_were_handed_in_are_graded_if_none_is_named(tmp_path: Path) -> None:
    hand_in(tmp_path / "anna")
    hand_in(tmp_path / "anna", place="katas/06_subflows/subflows.py")
    found = collect([tmp_path], None, KATAS, []).submissions
    assert [one.kata.id for one in found] == ["02_retries", "06_subflows"]


def test_learner_without_a_kata_is_named(tmp_path: Path) -> None:
    (tmp_path / "anna" / "notes").mkdir(parents=True)
    hand_in(tmp_path / "bob")
    collected = collect([tmp_path], None, KATAS, [])
    assert [one.learner for one in collected.submissions] == ["bob"]
    (line,) = collected.ungraded
    assert "anna: holds no kata; each is katas/NN_slug/slug.py" in line


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b" \n", "empty"),
        (b"a\0b", "NUL"),
        (b"x = '\xff'\n", "UTF-8"),
        (b"# coding: undefined\nx = 1\n", "UTF-8"),
        (b"# coding: rot13\nx = 1\n", "UTF-8"),
        (b"# coding: idna\nx = '\xff..'\n", "UTF-8"),
        (b"# coding: punycode\n" + b"a" * 500_000 + b"-" + b"9" * 500_000, "UTF-8"),
        (b"# coding: unicode_escape\nx = 1\n", "UTF-8"),
        (b"#" * (MOST_SOURCE_BYTES + 1), "longer"),
    ],
    ids=[
        "empty",
        "nul",
        "not utf-8",
        "undefined",
        "rot13",
        "idna",
        "punycode",
        "escape",
        "too long",
    ],
)
def test_file_that_is_no_source_is_unreadable(tmp_path: Path, content: bytes, said: str) -> None:
    hand_in(tmp_path / "anna")
    (tmp_path / "anna" / PLACE).write_bytes(content)
    found = only(tmp_path / "anna")
    assert found.content is None
    assert said in found.fault


def test_byte_order_mark_and_latin_1_are_python(tmp_path: Path) -> None:
    hand_in(tmp_path / "anna")
    for content in (
        b"\xef\xbb\xbfx = 1\n",
        b"# coding: latin-1\nx = '\xe9'\n",
        b"# coding: windows-1252\nx = '\x80'\n",
        b"# coding: shift_jis\nx = '\x83e'\n",
        b"# coding: gb18030\nx = 1\n",
    ):
        (tmp_path / "anna" / PLACE).write_bytes(content)
        assert only(tmp_path / "anna").content == content


def test_misnamed_file_is_suggested(tmp_path: Path) -> None:
    found = only(hand_in(tmp_path / "anna", place=f"katas/{KATA.id}/retrys.py"))
    assert found.content is None
    assert found.fault.endswith("there is 'retrys.py': if that is it, call it retries.py")


def test_only_source_of_another_name_is_suggested(tmp_path: Path) -> None:
    found = only(hand_in(tmp_path / "anna", place=f"katas/{KATA.id}/solution.py"))
    assert found.fault.endswith("there is 'solution.py': if that is it, call it retries.py")


@pytest.mark.parametrize("name", ["retries (2).py", "hw/retries-1.py", "02_retries (1).py"])
def test_copy_of_a_browser_is_the_file_where_it_is_alone(tmp_path: Path, name: str) -> None:
    folder = hand_in(tmp_path / "class" / "Anna Doe_7_assignsubmission_file", place=name)
    bare = name.rsplit("/", 1)[-1]
    (found,) = collect([tmp_path / "class"], None, KATAS, [KATA]).submissions
    assert (found.learner, found.content) == ("Anna Doe", b"x = 1\n")
    assert found.notes == (f"{bare} was taken for retries.py",)

    hand_in(folder, "x = 2\n", place="retries.py")
    assert only(folder).content == b"x = 2\n"


@pytest.mark.parametrize("place", ["retries.py", f"hw/{PLACE}"])
@pytest.mark.parametrize("ending", ["zip", "tar.gz"])
def test_archive_in_a_learners_folder_is_opened(tmp_path: Path, place: str, ending: str) -> None:
    folder = tmp_path / "class" / "Anna Doe_7_assignsubmission_file"
    source = hand_in(tmp_path / "source", place=place)
    folder.mkdir(parents=True)
    kind = {"zip": "zip", "tar.gz": "gztar"}[ending]
    shutil.make_archive(str(folder / "my homework"), kind, source)
    (folder / "._my homework.zip").write_bytes(b"x")
    (folder / "report.pdf").write_bytes(b"x")

    (found,) = collect([tmp_path / "class"], None, KATAS, [KATA]).submissions

    assert (found.learner, found.content, found.fault) == ("Anna Doe", b"x = 1\n", "")


def test_archive_beside_a_source_or_in_an_archive_is_told(tmp_path: Path) -> None:
    folder = hand_in(tmp_path / "class" / "Anna Doe_7_assignsubmission_file", place="notes.py")
    with zipfile.ZipFile(folder / "retries.zip", "w") as archive:
        archive.writestr("retries.py", "x = 1\n")
    assert only(folder).fault.endswith("is not there; there is 'retries.zip': unpack it")

    with zipfile.ZipFile(tmp_path / "ben.zip", "w") as archive:
        archive.write(folder / "retries.zip", "retries.zip")
    assert only(tmp_path / "ben.zip").fault.endswith("there is 'retries.zip': unpack it")


@pytest.mark.parametrize("kind", ["link", "link above", "folder", "pipe"])
def test_nothing_but_a_regular_file_is_read(tmp_path: Path, kind: str) -> None:
    secret = tmp_path / "secret.py"
    secret.write_text("secret = 1\n")
    hand_in(tmp_path / "anna")
    place = tmp_path / "anna" / PLACE
    place.unlink()
    if kind == "link":
        place.symlink_to(secret)
    elif kind == "folder":
        place.mkdir()
    elif kind == "pipe":
        os.mkfifo(place)
    else:
        place.parent.rmdir()
        hand_in(tmp_path / "else", "secret = 1\n", "retries.py")
        place.parent.symlink_to(tmp_path / "else")
    found = only(tmp_path / "anna")
    assert found.content is None
    assert found.fault


def test_archive_members_that_climb_or_come_twice_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "anna.zip", "w") as archive:
        archive.writestr(f"../{PLACE}", "x = 1\n")
        archive.writestr(f"/{PLACE}", "x = 1\n")
    assert only(tmp_path / "anna.zip").content is None
    with zipfile.ZipFile(tmp_path / "bob.zip", "w") as archive:
        archive.writestr(PLACE, "x = 1\n")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr(PLACE, "x = 2\n")
    assert "twice" in only(tmp_path / "bob.zip").fault


def test_archive_caps_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_MEMBERS", 3)
    for name in ("anna.zip", "bob.tar"):
        path = tmp_path / name
        if name.endswith(".zip"):
            with zipfile.ZipFile(path, "w") as archive:
                for number in range(5):
                    archive.writestr(f"{number}.py", "")
        else:
            with tarfile.open(path, "w") as tar:
                for number in range(5):
                    tar.addfile(tarfile.TarInfo(f"{number}.py"))
        with pytest.raises(Unreadable, match="more than 3 members"):  # as the limited process does
            archives.names_in(str(path), path.suffix[1:])
    bomb = tmp_path / "carl.tar.gz"
    with tarfile.open(bomb, "w:gz") as tar:
        member = tarfile.TarInfo(PLACE)
        member.size = 4 << 20
        tar.addfile(member, io.BytesIO(bytes(4 << 20)))
    assert "a bomb" in only(bomb).fault


def test_files_that_steer_tests_are_left_out(tmp_path: Path) -> None:
    hand_in(tmp_path / "anna")
    for name in ("conftest.py", "pytest.ini", "json.py", "README.md", "kata.toml", "notes.txt"):
        (tmp_path / "anna" / PLACE).with_name(name).write_text("")
    assert only(tmp_path / "anna").notes == ("left out: conftest.py, json.py, pytest.ini",)


def test_same_learner_twice_is_graded_once(tmp_path: Path) -> None:
    hand_in(tmp_path / "Anna")
    hand_in(tmp_path / "class" / "anna")
    collected = collect([tmp_path / "Anna", tmp_path / "class"], None, KATAS, [KATA])
    assert [one.learner for one in collected.submissions] == ["Anna"]
    assert "was handed in already" in collected.ungraded[0]


def test_equal_files_and_untouched_stubs_are_noted_however_lines_end(tmp_path: Path) -> None:
    stub = KATA.stub_file.read_text(encoding="utf-8")
    hand_in(tmp_path / "anna", "x = 1\ny = 2\n")
    hand_in(tmp_path / "anna-stub", stub)
    french = versions(KATA.folder, handed_out(KATA.stub_file))["fr"].decode()
    hand_in(tmp_path / "carl-stub-in-french", french)
    for name, text in (("bob", "x = 1\ny = 2\n"), ("bob-stub", stub)):
        for kind, mark in (("crlf", ""), ("bom", "\ufeff")):
            place = hand_in(tmp_path / f"{name}-{kind}") / PLACE
            place.write_bytes((mark + text.replace("\n", "\r\n")).encode())
    found = collect([tmp_path], None, KATAS, [KATA]).submissions
    untouched = ("untouched: it is the stub",)
    assert {one.learner: one.notes for one in found} == {
        "anna": ("the same file as bob-bom, bob-crlf",),
        "anna-stub": untouched,
        "bob-bom": ("the same file as anna, bob-crlf",),
        "bob-crlf": ("the same file as anna, bob-bom",),
        "bob-stub-bom": untouched,
        "bob-stub-crlf": untouched,
        "carl-stub-in-french": untouched,
    }


def commit(folder: Path, date: str) -> None:
    environment = {
        **os.environ,
        "GIT_AUTHOR_DATE": date,
        "GIT_COMMITTER_DATE": date,
        "GIT_CONFIG_GLOBAL": os.devnull,
    }
    who = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    for words in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "x"]):
        subprocess.run(["git", *words], cwd=folder, env=environment, check=True)


@pytest.mark.parametrize("is_relative", [True, False], ids=["relative", "absolute"])
def test_commits_date_is_found_wherever_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_relative: bool
) -> None:
    hand_in(tmp_path / "class" / "anna")
    commit(tmp_path / "class" / "anna", "2026-03-01T10:00:00+00:00")
    monkeypatch.chdir(tmp_path)
    (found,) = collect(
        [Path("class") if is_relative else tmp_path / "class"], None, KATAS, [KATA]
    ).submissions
    assert found.submitted == datetime.datetime(2026, 3, 1, 10, tzinfo=datetime.timezone.utc)


@pytest.mark.parametrize("date", ["1" + "0" * 20, "-1", "0", "9999999999", "soon", "", "1e5"])
def test_commits_date_that_cannot_be_is_none_and_told(tmp_path: Path, date: str) -> None:
    hand_in(tmp_path / "class" / "anna")
    hand_in(tmp_path / "class" / "bob", "b = 1\n")
    anna = tmp_path / "class" / "anna"
    commit(anna, "2026-03-01T10:00:00+00:00")
    git = ["git", "-C", str(anna)]
    head = subprocess.run([*git, "cat-file", "commit", "HEAD"], capture_output=True, check=True)
    lines = head.stdout.decode().splitlines(keepends=True)
    lines = [f"committer x <x> {date} +0000\n" if "committer" in one else one for one in lines]
    words = ["hash-object", "-t", "commit", "-w", "--stdin", "--literally"]
    made = subprocess.run([*git, *words], input="".join(lines).encode(), capture_output=True)
    (anna / ".git" / "HEAD").write_bytes(made.stdout)
    first, second = collect([tmp_path / "class"], None, KATAS, [KATA]).submissions
    assert (first.content, first.submitted, second.content) == (b"x = 1\n", None, b"b = 1\n")
    assert "its commit's date cannot be" in first.notes[0]


def test_repositorys_own_configuration_runs_nothing(tmp_path: Path) -> None:
    hand_in(tmp_path / "anna")
    commit(tmp_path / "anna", "2026-03-01T10:00:00+00:00")
    trap = tmp_path / "trap"
    configuration = tmp_path / "anna" / ".git" / "config"
    with configuration.open("a") as file:
        file.write(f'[core]\n\tfsmonitor = "touch {trap}"\n\tpager = "touch {trap}"\n')
        file.write(f'[log]\n\tshowSignature = true\n[gpg]\n\tprogram = "touch {trap}"\n')
    assert only(tmp_path / "anna").submitted is not None
    assert not trap.exists()


def _borrow_by_commondir(git: Path, other: Path) -> None:
    (git / "commondir").write_text(f"{other}\n")


def _borrow_by_alternates(git: Path, other: Path) -> None:
    (git / "objects" / "info" / "alternates").write_text(f"{other / 'objects'}\n")


def _borrow_by_linked_objects(git: Path, other: Path) -> None:
    shutil.rmtree(git / "objects")
    (git / "objects").symlink_to(other / "objects")


def _borrow_by_linked_branches(git: Path, other: Path) -> None:
    shutil.rmtree(git / "refs" / "heads")
    (git / "refs" / "heads").symlink_to(other / "refs" / "heads")


def _borrow_by_link(git: Path, other: Path) -> None:
    shutil.rmtree(git)
    git.symlink_to(other)


BORROWING = {
    "a common folder": _borrow_by_commondir,
    "alternates": _borrow_by_alternates,
    "linked objects": _borrow_by_linked_objects,
    "linked branches": _borrow_by_linked_branches,
    "a link": _borrow_by_link,
}


@pytest.mark.parametrize("is_bare", [False, True], ids=["checkout", "bare"])
@pytest.mark.parametrize("borrow", BORROWING.values(), ids=BORROWING)
def test_repository_that_reads_anothers_is_refused(
    tmp_path: Path, borrow: Callable[[Path, Path], None], is_bare: bool
) -> None:
    for name, date in (("anna", "2026-03-09T10:00:00+00:00"), ("ben", "2026-03-01T10:00:00+00:00")):
        hand_in(tmp_path / name)
        commit(tmp_path / name, date)
    git = tmp_path / "anna" / ".git"
    borrow(git, tmp_path / "ben" / ".git")
    found = only(git.rename(tmp_path / "cleo") if is_bare else tmp_path / "anna")

    assert (found.content, found.submitted) == (None, None)
    assert "not all its own" in found.fault or "it is a link" in found.fault


def test_repository_that_is_elsewhere_gives_no_date(tmp_path: Path) -> None:
    hand_in(tmp_path / "ben")
    commit(tmp_path / "ben", "2026-03-01T10:00:00+00:00")
    hand_in(tmp_path / "anna")
    (tmp_path / "anna" / ".git").write_text(f"gitdir: {tmp_path / 'ben' / '.git'}\n")
    found = only(tmp_path / "anna")
    assert (found.content, found.submitted) == (b"x = 1\n", None)


def test_repository_with_a_pipe_in_it_is_refused_at_once(tmp_path: Path) -> None:
    hand_in(tmp_path / "anna")
    commit(tmp_path / "anna", "2026-03-01T10:00:00+00:00")
    (tmp_path / "anna" / ".git" / "config").unlink()
    os.mkfifo(tmp_path / "anna" / ".git" / "config")
    started = time.monotonic()

    assert "there are pipes or devices in it: 'config'" in only(tmp_path / "anna").fault
    assert time.process_time() - started < 5


@pytest.mark.slow
def test_names_that_are_all_nearly_right_cost_no_more_than_others(tmp_path: Path) -> None:
    """The command itself looks for what was meant by what holds no kata."""
    took_s, told = {}, {}
    for name in ("nothing_like_it", "retries"):
        archive = tmp_path / f"{name}.zip"
        with zipfile.ZipFile(archive, "w") as opened:
            for number in range(6_000):
                opened.writestr(f"x/{number}{name}.py", b"")
        started = time.process_time()
        told[name] = collect([archive], None, KATAS, []).ungraded[0]
        took_s[name] = time.process_time() - started

    assert "retries.py': is that it?" in told["retries"]
    assert "is that it?" not in told["nothing_like_it"]
    assert took_s["retries"] < 4 * took_s["nothing_like_it"]


def test_repository_of_many_folders_in_folders_is_refused(tmp_path: Path) -> None:
    hand_in(tmp_path / "anna")
    commit(tmp_path / "anna", "2026-03-01T10:00:00+00:00")
    deep = tmp_path / "anna" / ".git" / "/".join("d" * 60)
    deep.mkdir(parents=True)
    assert "too deep" in only(tmp_path / "anna").fault


def test_path_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RosterError, match="does not exist"):
        collect([tmp_path / "nobody"], None, KATAS, [KATA])

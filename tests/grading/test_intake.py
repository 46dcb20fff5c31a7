"""What one learner hands in never ends it for the others, and nothing of it breaks a line."""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dojo.catalog.kata import find_kata, load_catalog
from dojo.ground.paths import PACKAGE_ROOT
from dojo.intake import handed_in, submission
from dojo.intake.submission import Submission, collect

KATAS = load_catalog(PACKAGE_ROOT)
KATA = find_kata(KATAS, "02")
PLACE = f"katas/{KATA.id}/{KATA.slug}.py"
Writer = Callable[[Path], None]


def zipped(*names: Any, renamed: tuple[bytes, bytes] = (b"", b"")) -> Writer:
    """Write a zip of equal files, one name in it changed to bytes of the same length."""

    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            for name in names:
                archive.writestr(name, "x = 1\n")
        path.write_bytes(path.read_bytes().replace(*renamed))

    return write


def tarred(*members: tuple[tarfile.TarInfo, bytes]) -> Writer:
    def write(path: Path) -> None:
        with gzip.open(path, "wb", compresslevel=1) as file:
            for member, content in members:
                member.size = len(content)
                file.write(member.tobuf(tarfile.GNU_FORMAT))
                file.write(content + bytes(-len(content) % 512))
            file.write(bytes(1024))

    return write


def member(name: str, kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    one = tarfile.TarInfo(name)
    one.type = kind
    return one


def patched(change: Callable[[bytearray], None]) -> Writer:
    """Write a good zip and change bytes of it."""

    def write(path: Path) -> None:
        zipped(PLACE)(path)
        content = bytearray(path.read_bytes())
        change(content)
        path.write_bytes(content)

    return write


def end_of(content: bytearray) -> int:
    return content.rindex(b"PK\x05\x06")


def flag_names_as_utf_8(content: bytearray) -> None:
    content[content.index(b"PK\x01\x02") + 9] |= 8
    content[content.rindex(b"katas/")] = 0xFF


def say_that_the_table_is_long(content: bytearray) -> None:
    content[end_of(content) + 12 : end_of(content) + 16] = (64 << 20).to_bytes(4, "little")
    content[:0] = bytes(65 << 20)


def say_that_the_table_is_elsewhere(content: bytearray) -> None:
    content[end_of(content) + 16 : end_of(content) + 20] = b"\xfe\xff\xff\xff"


def named_at_length(kind: bytes) -> Writer:
    """Write a tar of one name of 480 MB: small, but not so small that it is a bomb by its size."""
    megabytes = 480

    def write(path: Path) -> None:
        length = megabytes << 20
        first, one = member("r"), member("x", kind)
        first.size, one.size = 3 << 20, length
        begins = b"%d path=" % length if kind == tarfile.XHDTYPE else b""
        filler = gzip.compress(b"a" * (1 << 20))
        with path.open("wb") as file:
            content = first.tobuf() + os.urandom(first.size) + one.tobuf(tarfile.GNU_FORMAT)
            file.write(gzip.compress(content + begins + b"a" * ((1 << 20) - len(begins)), 1))
            file.write(filler * (megabytes - 1))
            file.write(gzip.compress(member("y").tobuf() + bytes(1024)))

    return write


HOSTILE: dict[str, Writer] = {
    "name-of-65000-characters.zip": zipped(PLACE, "a" * 65_000),
    "named-nul.zip": zipped(PLACE, "QQ", renamed=(b"QQ", b"\0x")),
    "named-nothing.zip": zipped(PLACE, zipfile.ZipInfo("")),
    "named-in-no-encoding.zip": patched(flag_names_as_utf_8),
    "table-too-long.zip": patched(say_that_the_table_is_long),
    "table-elsewhere.zip": patched(say_that_the_table_is_elsewhere),
    "cut.zip": patched(lambda content: content.__delitem__(slice(40, 60))),
    "nothing.zip": lambda path: path.write_bytes(b""),
    "page.zip": lambda path: path.write_bytes(b"<!DOCTYPE html>"),
    "rar.rar": lambda path: path.write_bytes(b"Rar!\x1a\x07\x01\x00" + bytes(99)),
    "sevenzip.7z": lambda path: path.write_bytes(b"7z\xbc\xaf\x27\x1c" + bytes(99)),
    "zstandard.tar.zst": lambda path: path.write_bytes(b"\x28\xb5\x2f\xfd" + bytes(99)),
    "rar-called.zip": lambda path: path.write_bytes(b"Rar!\x1a\x07\x01\x00" + bytes(99)),
    "one-file.gz": lambda path: path.write_bytes(gzip.compress(b"x = 1\n" * 999)),
    "cut.tar.gz": lambda path: path.write_bytes(gzip.compress(bytes(4096))[:20]),
    "named-nothing.tgz": tarred((member(""), b"x = 1\n")),
    # A header that says it is gigabytes long; a file that is nothing but headers of headers.
    "long-header.tgz": tarred((member("x", tarfile.XHDTYPE), bytes(4 << 20))),
    "headers-of-headers.tgz": tarred(*[(member("x", tarfile.XHDTYPE), b"9 a=bcd\n")] * 3000),
    "deep.zip": zipped("a/" * 20_000 + PLACE),
}


def one_line_of(found: Submission) -> None:
    for text in (found.learner, found.source, found.fault, *found.notes):
        text.encode()
        assert text.isprintable(), text


@pytest.mark.parametrize("name", HOSTILE)
def test_archive_that_cannot_be_read_is_unreadable_alone(tmp_path: Path, name: str) -> None:
    HOSTILE[name](tmp_path / name)
    zipped(PLACE)(tmp_path / "zz.zip")
    broken, good = collect([tmp_path], None, KATAS, [KATA]).submissions
    assert (good.learner, good.content) == ("zz", b"x = 1\n")
    assert (broken.learner, broken.content) == (name.split(".")[0], None)
    assert 20 < len(broken.fault) < 600
    one_line_of(broken)


@pytest.mark.parametrize("name", ["rar.rar", "sevenzip.7z", "zstandard.tar.zst", "one-file.gz"])
def test_archive_that_is_not_read_here_is_named_with_the_cure(tmp_path: Path, name: str) -> None:
    HOSTILE[name](tmp_path / name)
    (broken,) = collect([tmp_path], None, KATAS, [KATA]).submissions
    assert "hand in a .zip or a .tar.gz" in broken.fault


@pytest.mark.slow
@pytest.mark.parametrize("kind", [tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE])
def test_archive_is_read_by_a_process_with_little_memory(tmp_path: Path, kind: bytes) -> None:
    named_at_length(kind)(tmp_path / "anna.tar.gz")
    (broken,) = collect([tmp_path], None, KATAS, [KATA]).submissions
    assert "takes more memory or time to read than any should" in broken.fault


def test_repository_of_trees_that_hold_each_other_is_unreadable_alone(tmp_path: Path) -> None:
    def git(*words: str, told: str = "") -> str:
        who = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
        command = ["git", "--git-dir", str(tmp_path / "anna"), *who, *words]
        done = subprocess.run(command, input=told, text=True, capture_output=True, check=True)
        return done.stdout.strip()

    git("init", "-q", "--bare")
    tree = git("mktree", told=f"100644 blob {git('hash-object', '-w', '--stdin')}\tretries.py\n")
    for _ in range(7):
        lines = [f"040000 tree {tree}\tone-of-ten-million-{number}\n" for number in range(10)]
        tree = git("mktree", told="".join(lines))
    git("update-ref", "HEAD", git("commit-tree", tree, "-m", "x"))
    zipped(PLACE)(tmp_path / "zoe.zip")

    broken, good = collect([tmp_path], None, KATAS, [KATA]).submissions
    assert "more than git can read here" in broken.fault
    assert (good.learner, good.content) == ("zoe", b"x = 1\n")


@pytest.mark.parametrize("error", [MemoryError, RecursionError, UnicodeError, KeyError, OSError])
@pytest.mark.parametrize(("module", "name"), [(handed_in, "open_archive"), (submission, "take")])
def test_whatever_a_hand_in_raises_is_its_learners_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[Exception], module: Any, name: str
) -> None:
    for learner in ("anna", "zoe"):
        zipped(PLACE)(tmp_path / f"{learner}.zip")
    real, calls = getattr(module, name), iter(["anna", "zoe"])

    def fail(*words: object) -> object:
        if next(calls) == "anna":
            raise error("a\nb\x1b[31m\ud800")
        return real(*words)

    monkeypatch.setattr(module, name, fail)
    broken, good = collect([tmp_path], None, KATAS, [KATA]).submissions
    assert (broken.learner, good.learner, good.content) == ("anna", "zoe", b"x = 1\n")
    assert error.__name__ in broken.fault
    one_line_of(broken)


@pytest.mark.parametrize(
    "name",
    [b"zo\xeb", b"\xed\xa0\x80", b"a\nb", b"\x1b[31mred", b"\xe2\x80\xaeexe", b"::error::x", b" "],
    ids=ascii,
)
def test_name_of_any_bytes_is_an_id_that_can_be_written(tmp_path: Path, name: bytes) -> None:
    folder = Path(os.fsdecode(os.path.join(os.fsencode(tmp_path), name)))
    file = folder / PLACE
    file.parent.mkdir(parents=True)
    file.write_text("x = 1\n")
    Path(os.fsdecode(os.fsencode(file.parent) + b"/left\xff\n.py")).write_text("")
    (found,) = collect([tmp_path], None, KATAS, [KATA]).submissions
    assert found.content == b"x = 1\n"
    assert found.learner.strip()
    assert "left" in found.notes[0]
    one_line_of(found)


def test_lines_on_what_is_not_graded_can_be_written_too(tmp_path: Path) -> None:
    for name in (b"a\xff\n.docx", b".\xff\n", b"b\xff\n"):
        path = os.path.join(os.fsencode(tmp_path), name)
        os.mkdir(path) if name[:1] == b"b" else open(path, "w").close()
    collected = collect([tmp_path], None, KATAS, [])
    assert len(collected.ungraded) == 2
    assert len(collected.left_out) == 1
    for line in collected.ungraded + collected.left_out:
        line.encode()
        assert line.isprintable()


def test_names_are_composed(tmp_path: Path) -> None:
    file = tmp_path / "Zoe\u0308" / "retries.py"
    file.parent.mkdir()
    file.write_text("x = 1\n")
    (found,) = collect([tmp_path], None, KATAS, [KATA]).submissions
    assert found.learner == "Zo\u00eb"


def test_folders_as_deep_as_the_disk_has_them_are_no_fault(tmp_path: Path) -> None:
    file = tmp_path / "anna" / "retries.py"
    file.parent.mkdir()
    file.write_text("x = 1\n")
    deep = os.open(file.parent, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("d", dir_fd=deep)
        below = os.open("d", os.O_RDONLY, dir_fd=deep)
        os.close(deep)
        deep = below
    os.close(deep)
    try:
        (found,) = collect([tmp_path], None, KATAS, [KATA]).submissions
    finally:
        # What pytest removes it with goes into folders one call deeper each.
        subprocess.run(["rm", "-rf", file.parent], check=True)
    assert found.content == b"x = 1\n"


def test_zip_called_otherwise_is_a_zip(tmp_path: Path) -> None:
    for name in ("anna.ZIP", "ben.rar", "cleo.7z", "dan.tar.gz", "eve"):
        zipped(PLACE)(tmp_path / name)
    for name, mode in (("fay.TGZ", "w:gz"), ("gus.Tar.Bz2", "w:bz2"), ("hal.txz", "w:xz")):
        with tarfile.open(tmp_path / name, mode) as archive:  # type: ignore[call-overload]
            one = member(PLACE)
            one.size = 6
            archive.addfile(one, io.BytesIO(b"x = 1\n"))
    found = collect([tmp_path], None, KATAS, [KATA]).submissions
    assert [one.learner for one in found] == [
        "anna",
        "ben",
        "cleo",
        "dan",
        "eve",
        "fay",
        "gus",
        "hal",
    ]
    assert {one.content for one in found} == {b"x = 1\n"}


def test_what_cannot_be_opened_is_of_the_katas_that_others_handed_in(tmp_path: Path) -> None:
    (tmp_path / "anna.zip").write_bytes(b"")
    zipped(PLACE)(tmp_path / "zoe.zip")
    found = collect([tmp_path], None, KATAS, []).submissions
    assert [(one.learner, one.kata.id) for one in found] == [("anna", KATA.id), ("zoe", KATA.id)]

"""Whatever is handed in, said or left, it ends no batch: drawn by Hypothesis.

`DOJO_FUZZ_INPUTS` says how many inputs there are of all kinds together: 200 without, the same each
time; `tox -e attacks` draws 5000 others. What fails once becomes an `@example` of its test.
"""

from __future__ import annotations

import contextlib
import dataclasses
import gzip
import io
import json
import os
import shutil
import socket
import sqlite3
import struct
import subprocess
import tarfile
import tempfile
import threading
import time
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dojo.catalog.kata import find_kata, load_catalog
from dojo.exam.databases import left_database
from dojo.exam.marks import Judged, mark_tasks
from dojo.exam.shared.stores import runs_of
from dojo.exam.tests_outside import run_tests
from dojo.ground.endings import Ending
from dojo.ground.paths import PACKAGE_ROOT
from dojo.intake.learners import RosterError
from dojo.intake.submission import Collected, collect
from dojo.sandbox.client import GuardFault
from dojo.wire import replies
from dojo.wire.line import Line, LineBroken, LineClosed
from dojo.wire.values import unpack

KATAS = load_catalog(PACKAGE_ROOT)
KATA = find_kata(KATAS, "02")
PLACE = f"katas/{KATA.id}/{KATA.slug}.py"
KINDS = 7
ASKED = os.environ.get("DOJO_FUZZ_INPUTS")
FUZZ = settings(
    max_examples=int(ASKED or 200) // KINDS,
    derandomize=ASKED is None,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)

SIGNS = st.one_of(
    st.sampled_from(["\n", "\r", "\x1b[31m", "\x9b", "::error::", "##[", "\u202e", "\ud800", "é"]),
    st.characters(exclude_characters="\0/"),
)
TEXTS = st.lists(SIGNS, max_size=12).map("".join)
# Where in a file bytes are changed, by a share of its length, and into what; where it is cut.
PATCHES = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=8)), max_size=4
)
ENDS = st.one_of(st.just(1.0), st.floats(0, 1))


def patched(content: bytes, patches: list[tuple[float, bytes]], end: float) -> bytes:
    changed = bytearray(content)
    for share, data in patches:
        at = int(share * len(changed))
        changed[at : at + len(data)] = data
    return bytes(changed[: int(end * len(changed))])


def zip_of(names: list[str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in dict.fromkeys(names):
            with contextlib.suppress(UnicodeError, ValueError, IndexError):
                archive.writestr(name, "x = 1\n")
    return file.getvalue()


def tar_of(names: list[str], form: int) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=form) as archive:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size = 6
            with contextlib.suppress(UnicodeError, ValueError):
                archive.addfile(member, io.BytesIO(b"x = 1\n"))
    return file.getvalue()


@contextlib.contextmanager
def class_of(*, beside: str = "zoe.zip") -> Iterator[Path]:
    """Give a folder of a class in which one is well."""
    with tempfile.TemporaryDirectory(prefix="fuzz-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "class"
        path.mkdir()
        (path / beside).write_bytes(zip_of([PLACE]))
        yield path


def check_collected(path: Path) -> Collected:
    """Collect a class: whoever is well is graded, and all that is said can be shown."""
    found = collect([path], None, KATAS, [KATA])
    for one in found.submissions:
        for text in (one.learner, one.source, one.fault, *one.notes):
            check_text(text)
    for text in (*found.ungraded, *found.left_out, *found.told):
        check_text(text)
    zoe = [one.content for one in found.submissions if one.learner == "zoe"]
    # A name can make one learner's folder of the class: then it is said whose was passed over.
    assert zoe == [b"x = 1\n"] or any("zoe" in line for line in found.ungraded)
    return found


def check_text(text: str) -> None:
    text.encode()
    unseen = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert not unseen & {unicodedata.category(one) for one in text}, text
    assert not text.startswith("::"), text
    assert "##[" not in text, text


@FUZZ
@given(
    names=st.lists(st.one_of(TEXTS, st.just(PLACE)), max_size=4),
    form=st.sampled_from(["zip", "tar", "tar.gz", "pax.tar", "called.zip"]),
    patches=PATCHES,
    end=ENDS,
)
def test_archive_is_its_learners_alone(
    names: list[str], form: str, patches: list[tuple[float, bytes]], end: float
) -> None:
    content = zip_of(names) if form == "zip" else tar_of(names, form.startswith("pax") + 1)
    content = patched(content, patches, end)
    if form.endswith("gz"):
        content = patched(gzip.compress(content, 1), patches[:1], 1.0)
    with class_of() as path:
        (path / f"anna.{form.removeprefix('pax.').removeprefix('called.')}").write_bytes(content)
        check_collected(path)


@FUZZ
@example(names=["\ue000"], is_folder=False)
@given(names=st.lists(TEXTS, min_size=1, max_size=4), is_folder=st.booleans())
def test_name_is_its_owners_alone(names: list[str], is_folder: bool) -> None:
    with class_of() as path:
        for name in names:
            with contextlib.suppress(OSError, ValueError):
                place = path / os.fsdecode(name.encode("utf-8", "surrogatepass"))
                (place / PLACE).parent.mkdir(parents=True) if is_folder else None
                (place / PLACE if is_folder else place).write_bytes(b"x = 1\n")
        found = check_collected(path)
    assert len({one.learner for one in found.submissions}) == len(found.submissions)


CELLS = st.one_of(TEXTS, st.sampled_from(["id", "path", "anna", "zoe.zip", "2026-11-24", "3 days"]))
TABLES = st.builds(
    lambda rows, between, mark, coding: (
        mark + "\n".join(between.join(row) for row in rows).encode(coding, "replace")
    ),
    st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=5).map(
        lambda rows: [["id", "path", "submitted", "extension"], *rows]
    ),
    st.sampled_from([",", ";", "\t", "|", '","']),
    st.sampled_from([b"", b"\xef\xbb\xbf", b"\xff\xfe", b"sep=;\n", b'"']),
    st.sampled_from(["utf-8", "cp1252", "utf-16-le"]),
)


@FUZZ
@given(content=st.one_of(TABLES, st.binary(max_size=60)))
def test_roster_is_read_or_refused(content: bytes) -> None:
    with class_of() as path:
        roster = path.parent / "roster.csv"
        roster.write_bytes(content)
        with contextlib.suppress(RosterError):
            for one in collect([], roster, KATAS, [KATA]).submissions:
                for text in (one.learner, one.source, one.fault, *one.notes):
                    check_text(text)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("git") / "anna"
    file = path / PLACE
    file.parent.mkdir(parents=True)
    file.write_text("x = 1\n")
    who = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    for words in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "x"]):
        subprocess.run(["git", *words], cwd=path, check=True)
    shutil.rmtree(path / ".git" / "hooks")
    return path


@FUZZ
@given(
    which=st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=3),
    patches=PATCHES,
    end=ENDS,
    is_bare=st.booleans(),
    packed=st.one_of(st.none(), st.binary(max_size=80)),
)
def test_git_folder_is_its_learners_alone(
    repository: Path,
    which: list[float],
    patches: list[tuple[float, bytes]],
    end: float,
    is_bare: bool,
    packed: bytes | None,
) -> None:
    with class_of() as path:
        shutil.copytree(repository / ".git" if is_bare else repository, path / "anna")
        git = path / "anna" if is_bare else path / "anna" / ".git"
        if packed is not None:
            (git / "packed-refs").write_bytes(packed)
        files = sorted(one for one in git.rglob("*") if one.is_file())
        for share in which:
            file = files[int(share * len(files))]
            file.chmod(0o600)
            file.write_bytes(patched(file.read_bytes(), patches, end))
        check_collected(path)


@contextlib.contextmanager
def told(data: bytes) -> Iterator[Line]:
    """Give a line on which something is said, and then nothing more."""
    ours, theirs = socket.socketpair()
    said = threading.Thread(target=lambda: (theirs.sendall(data), theirs.close()))
    said.start()
    with ours:
        yield Line(ours)
        with contextlib.suppress(OSError):
            while ours.recv(65536):
                pass
    said.join()


def framed(data: bytes) -> bytes:
    return struct.pack("!I", len(data)) + data


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.one_of(TEXTS, st.sampled_from(["dict", "numpy", "set", "float", "raised", "ended"])),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)
GOOD_REPLIES: list[dict[str, Any]] = [
    {"loaded": True},
    {"returned": {"dict": [["a", {"float": "nan"}]]}, "handle": 0},
    {"raised": "E", "text": "t", "where": "", "kinds": ["E"]},
    {"ended": {"kind": "exited", "code": 0}, "by": "SystemExit"},
    {"waited": 1.0, "by": "sleep"},
    {"peak": 1, "started": ["a"]},
    {
        "task_runs": [
            {"id": "1", "function": "f", "name": "n", "states": [], "stamps": [], "delays_s": []}
        ]
    },
]
REPLIES = st.one_of(
    JSON,
    st.builds(lambda one, more: {**one, **more}, st.sampled_from(GOOD_REPLIES), st.dictionaries(
        st.sampled_from([name for one in GOOD_REPLIES for name in one]), JSON, max_size=2
    )),
)  # fmt: skip
KNOWN_REPLIES = [
    replies.LOADED,
    replies.CALLED,
    replies.WAITED,
    replies.DONE,
    replies.WATCHED,
    replies.ENGINE,
    replies.RAN_APART,
]


@FUZZ
@given(
    data=st.one_of(
        st.binary(max_size=60),
        st.binary(max_size=60).map(framed),
        REPLIES.map(lambda one: framed(json.dumps(one).encode())),
    )
)
@example(data=framed(b'{"returned":' + b"[" * 100_000 + b"]" * 100_000 + b"}"))
@example(data=framed(b'{"returned":[' + b"[]," * 2_000_000 + b"[]]}"))
@example(data=framed(b"{" + b",".join(b'"%d":0' % one for one in range(400_000)) + b"}"))
@example(data=framed(b'{"peak":1,"started":[' + b"0," * 400_000 + b"0]}"))
@example(data=struct.pack("!I", 0xFFFFFFFF))
def test_frame_is_a_reply_or_none(data: bytes) -> None:
    with told(data) as line:
        try:
            message = line.receive(time.monotonic() + 60)
        except (LineBroken, LineClosed):
            return
    for kind in KNOWN_REPLIES:
        with contextlib.suppress(LineBroken):
            reply = replies.read_reply(message, kind)  # type: ignore[var-annotated]
            unpack(getattr(reply, "returned", None))


TESTS = st.fixed_dictionaries(
    {},
    optional={
        "test": st.one_of(TEXTS, st.sampled_from([*KATA.tests, "test_bird"])),
        "task": st.one_of(st.none(), st.integers()),
        "passed": st.booleans(),
        "cause": st.sampled_from(["passed", "assertion", "fixture", "exit", "x"]),
        "message": TEXTS,
        "seconds": st.one_of(st.floats(), JSON),
        "output": TEXTS,
        "ending": st.one_of(st.none(), JSON),
        "more": JSON,
    },
)
SAID = st.one_of(
    JSON,
    st.builds(lambda one: {"test": one}, st.one_of(TESTS, JSON)),
    st.builds(
        lambda tests: {"verdict": json.dumps({"schema": 1, "tests": tests})}, st.lists(TESTS)
    ),
    st.builds(lambda one: {"verdict": one}, JSON),
    st.builds(lambda one: {"fault": one}, JSON),
)
ENDINGS = [Ending("exited", 0), Ending("killed", -9), Ending("stopped"), Ending("memory", -9)]


@FUZZ
@given(said=st.lists(SAID, max_size=6), ending=st.sampled_from(ENDINGS))
@example(said=[{"verdict": None}], ending=ENDINGS[0])
@example(
    said=[
        {"test": {"test": f"t{n}", "task": None, "passed": False, "cause": "exit",
                  "message": "x" * (1 << 20), "seconds": 0.0}}
        for n in range(5)
    ],
    ending=ENDINGS[0],
)  # fmt: skip
def test_report_of_tests_is_one_or_none(said: list[Any], ending: Ending) -> None:
    data = b"".join(framed(json.dumps(one).encode()) for one in said)
    with told(data) as line:
        line.close = lambda: None  # type: ignore[method-assign]
        sandbox: Any = SimpleNamespace(start=lambda *_: line, end=lambda **_: ending)
        try:
            tests, ended, tampered = run_tests(KATA, sandbox, "test_bird", 1.0)
        except GuardFault:
            return
    assert Judged(tests, (), ended, tampered).verdict
    marks = mark_tasks(KATA, list(tests), [])
    written = json.dumps([dataclasses.asdict(one) for one in tests], allow_nan=False)
    assert len(written.encode()) < 1 << 20
    assert all(0 <= one.earned <= one.points for one in marks)


@pytest.fixture(scope="module")
def database() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "left.db"
        with contextlib.closing(sqlite3.connect(path)) as connection, connection:
            connection.executescript(
                """
                PRAGMA page_size = 512;
                CREATE TABLE experiments (experiment_id INTEGER PRIMARY KEY, name TEXT);
                CREATE TABLE runs (run_uuid TEXT PRIMARY KEY, name, status, start_time, end_time,
                                   experiment_id INTEGER);
                CREATE TABLE params (run_uuid, key, value);
                CREATE TABLE tags (run_uuid, key, value);
                CREATE TABLE latest_metrics (run_uuid, key, value);
                CREATE INDEX which ON params (run_uuid);
                INSERT INTO experiments VALUES (1, 'tonight');
                """
            )
            for number in range(20):
                run = (f"run{number}", "n" * 700, "FINISHED", number, number + 1)
                connection.execute("INSERT INTO runs VALUES (?, ?, ?, ?, ?, 1)", run)
                connection.execute("INSERT INTO params VALUES (?, 'a', 'b')", run[:1])
        return path.read_bytes()


def begins(content: bytes) -> Callable[[list[tuple[float, bytes]]], bytes]:
    """Change the first page, which says what there is, as often as all others."""
    return lambda patches: patched(content[:1024], patches, 1.0) + content[1024:]


@FUZZ
@given(patches=PATCHES, first=PATCHES, end=ENDS, log=st.one_of(st.none(), st.binary(max_size=200)))
def test_database_is_read_or_refused(
    database: bytes,
    patches: list[tuple[float, bytes]],
    first: list[tuple[float, bytes]],
    end: float,
    log: bytes | None,
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "left.db"
        path.write_bytes(patched(begins(database)(first), patches, end))
        if log is not None:
            Path(f"{path}-wal").write_bytes(b"\x37\x7f\x06\x82" + log)
        with contextlib.suppress(sqlite3.Error), left_database(path) as opened:
            assert isinstance(runs_of(opened), dict)

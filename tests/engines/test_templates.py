"""A migrated database is built once, checked before every use, and built again when damaged."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import platformdirs
import pytest

from dojo.engines.templates import EngineError, copy_template, template
from dojo.ground.paths import cache_dir


class Builder:
    """Builds a database and counts how often."""

    def __init__(self) -> None:
        self.built = 0
        self.said: list[str] = []

    def __call__(self, path: Path) -> None:
        assert list(path.parent.iterdir()) == []
        self.built += 1
        path.write_bytes(b"migrated")

    def get(self, name: str = "demo-1.0.0") -> Path:
        return template(name, self, self.said.append)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache that does not exist yet."""
    folder = tmp_path / "new" / "cache"
    monkeypatch.setenv("DOJO_CACHE", str(folder))
    return folder


@pytest.fixture
def builder() -> Builder:
    return Builder()


def test_template_is_built_once(builder: Builder, cache: Path) -> None:
    first, second = builder.get(), builder.get()

    assert first == second
    assert first.parent == cache
    assert first.read_bytes() == b"migrated"
    assert builder.built == 1


def test_person_is_told_only_of_the_wait(builder: Builder) -> None:
    builder.get()
    builder.get()

    assert builder.said == ["Preparing an empty demo-1.0.0 database, once (10 to 30 seconds) ..."]


def test_each_version_has_its_own_template(builder: Builder) -> None:
    assert builder.get("demo-1.0.0") != builder.get("demo-1.0.1")
    assert builder.built == 2


def truncate(database: Path) -> None:
    database.write_bytes(b"migr")


def delete(database: Path) -> None:
    database.unlink()


def delete_digest(database: Path) -> None:
    database.with_suffix(".sha256").unlink()


def garble_digest(database: Path) -> None:
    database.with_suffix(".sha256").write_bytes(b"\xff\xfe")


@pytest.mark.parametrize("damage", [truncate, delete, delete_digest, garble_digest])
def test_damaged_template_is_built_again(builder: Builder, damage: Callable[[Path], None]) -> None:
    damage(builder.get())

    assert builder.get().read_bytes() == b"migrated"
    assert builder.built == 2
    assert builder.get().exists()
    assert builder.built == 2


def test_nothing_but_template_digest_and_lock_remains(builder: Builder, cache: Path) -> None:
    builder.get()

    names = {path.name for path in cache.iterdir()}
    assert {"demo-1.0.0.db", "demo-1.0.0.sha256"} <= names
    assert names <= {"demo-1.0.0.db", "demo-1.0.0.sha256", "demo-1.0.0.lock"}


@pytest.mark.parametrize("below", ["", "deeper"], ids=["is_a_file", "is_in_a_file"])
def test_unusable_cache_says_the_cure(
    builder: Builder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, below: str
) -> None:
    # A file where a folder should be stops also root, whom permissions do not.
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DOJO_CACHE", str(tmp_path / "file" / below))

    with pytest.raises(
        EngineError,
        match=r"the cache '.*file.*' cannot be used: .*; make it writable or name another folder"
        " in DOJO_CACHE",
    ):
        builder.get()

    assert builder.built == 0


def test_whole_template_serves_where_nothing_can_be_locked(builder: Builder, cache: Path) -> None:
    path = builder.get()
    # A folder in the lock's place: as in a read-only cache, but also for root.
    (cache / "demo-1.0.0.lock").unlink(missing_ok=True)
    (cache / "demo-1.0.0.lock").mkdir()

    assert builder.get() == path
    assert builder.built == 1


def test_failed_build_leaves_nothing_to_trust(builder: Builder, cache: Path) -> None:
    def fail(path: Path) -> None:
        path.write_bytes(b"half")
        raise EngineError("Prefect cannot migrate an empty database")

    with pytest.raises(EngineError, match="cannot migrate"):
        template("demo-1.0.0", fail, print)

    assert not (cache / "demo-1.0.0.db").exists()
    assert builder.get().read_bytes() == b"migrated"


def test_copy_leaves_the_template_alone(builder: Builder, tmp_path: Path) -> None:
    copy_template(builder.get(), tmp_path / "copy.db")
    (tmp_path / "copy.db").write_bytes(b"used")

    assert builder.get().read_bytes() == b"migrated"
    assert builder.built == 1


RACE = """
import sys
import filelock
from dojo.engines.templates import template

enter = filelock.FileLock.__enter__

def tell_and_enter(lock):
    print("at the lock", flush=True)
    return enter(lock)

def build(path):
    print("building", flush=True)
    sys.stdin.readline()
    path.write_bytes(b"migrated")

filelock.FileLock.__enter__ = tell_and_enter
print(template("demo-1.0.0", build, lambda line: None).read_bytes().decode(), flush=True)
"""


def test_two_processes_at_once_build_once() -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}

    def start() -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", RACE],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    with start() as one, start() as other:
        # Both found no template. One gets the lock and builds until told to go on.
        arrived = [one.stdout.readline(), other.stdout.readline()]
        for process in (one, other):
            process.stdin.write("go on\n")
            process.stdin.flush()
        said = [process.stdout.read() for process in (one, other)]

    assert arrived == ["at the lock\n"] * 2
    assert sorted(said) == ["building\nmigrated\n", "migrated\n"]


def test_cache_is_the_users_without_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DOJO_CACHE")

    assert cache_dir() == Path(platformdirs.user_cache_dir("ml-dojo", appauthor=False))


def test_cache_is_where_the_variable_says(cache: Path) -> None:
    assert cache_dir() == cache

"""Databases that travel with the dojo: whole, of the pinned versions, what these migrate to."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from dojo.engines import shipping, templates
from dojo.engines.shipping import MIGRATE, fresh, pack, said_by
from dojo.engines.templates import SHIPPED, shipped, template
from dojo.ground.libraries.pins import pinned_version

ROOT = Path(__file__).resolve().parents[2]
NAMES = sorted(path.name.removesuffix(".db.gz") for path in SHIPPED.glob("*.db.gz"))


def not_called(_: Path) -> None:
    raise AssertionError("the library was asked to migrate")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DOJO_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of what travels, to be damaged; what is in it is made up."""
    folder = tmp_path / "migrated"
    monkeypatch.setattr(templates, "SHIPPED", folder)
    monkeypatch.setattr(shipping, "SHIPPED", folder)
    monkeypatch.setattr(shipping.metadata, "version", lambda _: "1.0")
    monkeypatch.setitem(MIGRATE, "prefect", lambda path: make(path, "flow_run"))
    assert pack("prefect")
    return folder


def make(path: Path, table: str) -> None:
    import contextlib
    import sqlite3
    import uuid

    with contextlib.closing(sqlite3.connect(path)) as database, database:
        database.execute(f"CREATE TABLE {table} (id TEXT)")
        database.execute(f"INSERT INTO {table} VALUES ('{uuid.uuid4()}')")


def test_there_is_one_for_each_pinned_version() -> None:
    pinned = {
        f"{name}-{found}"
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        for name, _, found in [line.split(" ;")[0].strip().partition("==")]
        if name in MIGRATE
    }

    assert set(NAMES) == pinned


@pytest.mark.parametrize("name", NAMES)
def test_packed_one_is_whole_and_names_no_machine(name: str) -> None:
    content = shipped(name)

    assert content is not None
    assert content.startswith(b"SQLite format 3")
    assert b"/tmp" not in content
    assert b"/home" not in content


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(MIGRATE))
def test_packed_one_says_what_the_installed_version_migrates_to(name: str, tmp_path: Path) -> None:
    title = f"{name}-{version(name)}"
    content = shipped(title)
    if content is None:  # other versions than those pinned: nothing travels for them
        assert version(name) != pinned_version(name)
        return
    (tmp_path / "packed.db").write_bytes(content)
    (tmp_path / "made").mkdir()

    assert said_by(tmp_path / "packed.db") == said_by(fresh(name, tmp_path / "made"))


@pytest.mark.parametrize("name", NAMES)
def test_first_run_takes_it_and_migrates_nothing(name: str, cache: Path) -> None:
    said: list[str] = []

    found = template(name, not_called, said.append)

    assert found.read_bytes() == shipped(name)
    digest = (cache / f"{name}.sha256").read_text()
    assert hashlib.sha256(found.read_bytes()).hexdigest() == digest
    assert said == []


def truncate(folder: Path) -> None:
    path = folder / "prefect-1.0.db.gz"
    path.write_bytes(path.read_bytes()[:-20])


def replace(folder: Path) -> None:
    (folder / "prefect-1.0.db.gz").write_bytes(b"not compressed")


def change_digest(folder: Path) -> None:
    (folder / "prefect-1.0.sha256").write_text("0" * 64)


def remove_digest(folder: Path) -> None:
    (folder / "prefect-1.0.sha256").unlink()


def garble(folder: Path) -> None:
    path = folder / "prefect-1.0.db.gz"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [truncate, replace, change_digest, remove_digest, garble])
def test_damaged_one_is_not_used(packed: Path, cache: Path, damage) -> None:
    damage(packed)

    found = template("prefect-1.0", lambda path: path.write_bytes(b"migrated"), lambda _: None)

    assert found.read_bytes() == b"migrated"


def test_other_version_is_migrated(packed: Path, cache: Path) -> None:
    found = template("prefect-1.0.1", lambda path: path.write_bytes(b"migrated"), lambda _: None)

    assert found.read_bytes() == b"migrated"


def test_what_says_the_same_is_not_packed_again(
    packed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (packed / "prefect-1.0.db.gz").read_bytes()

    assert not pack("prefect")
    assert (packed / "prefect-1.0.db.gz").read_bytes() == before
    monkeypatch.setitem(MIGRATE, "prefect", lambda path: make(path, "another"))
    assert pack("prefect")
    assert (packed / "prefect-1.0.db.gz").read_bytes() != before


def test_command_says_what_it_packed(tmp_path: Path) -> None:
    program = "\n".join(
        [
            "from pathlib import Path",
            "from dojo.engines import shipping, templates",
            f"shipping.SHIPPED = templates.SHIPPED = Path({str(tmp_path / 'migrated')!r})",
            "shipping.MIGRATE = {'pytest': lambda path: path.write_bytes(b'one'), 'nobody': None}",
            "shipping.main()",
        ]
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout == f"pytest {version('pytest')}: packed\n", done.stderr
    assert (tmp_path / "migrated" / f"pytest-{version('pytest')}.db.gz").is_file()

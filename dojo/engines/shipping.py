"""Pack the migrated databases that travel with the dojo: `python -m dojo.engines.shipping`.

It has the installed Prefect and MLflow migrate one each; those of other versions stay as they are.
With each of the versions that `constraints.txt` names it is run once (docs/release.md). A database
that says the same as the packed one is not packed again: ids and times in it differ each time.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import re
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

from dojo.engines.mlflow.engine import migrate as migrate_mlflow
from dojo.engines.prefect.engine import migrate as migrate_prefect
from dojo.engines.templates import SHIPPED, shipped
from dojo.ground.files import write_whole

MIGRATE: dict[str, Callable[[Path], None]] = {"prefect": migrate_prefect, "mlflow": migrate_mlflow}
"""What makes a database, by the distribution whose version it is of."""

# What is drawn, or read off a clock, when a row is written.
_DRAWN = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\d[ T][\d:.]+Z?|\b\d{13}\b"
)


def said_by(database: Path) -> list[str]:
    """Return all that an SQLite database says, as SQL, a statement an entry.

    Ids and times are `*`, and a table's constraints, which Alembic writes in any order, are sorted.
    """
    with contextlib.closing(sqlite3.connect(database)) as opened:
        return sorted(_DRAWN.sub("*", _in_order(one)) for one in opened.iterdump())


def _in_order(statement: str) -> str:
    lines = [line.rstrip(", ") for line in statement.splitlines()]
    constraints = sorted(line for line in lines if line.lstrip().startswith("CONSTRAINT "))
    return "\n".join([*(line for line in lines if line not in constraints), *constraints])


def fresh(name: str, folder: Path) -> Path:
    """Have a library migrate a database.

    Args:
        name: A key of MIGRATE.
        folder: Empty.

    Returns:
        The database, in that folder.

    Raises:
        EngineError: It cannot.
    """
    made = folder / "fresh.db"
    MIGRATE[name](made)
    return made


def pack(name: str) -> bool:
    """Pack what the installed version of a library migrates to; say whether that was new."""
    title = f"{name}-{metadata.version(name)}"
    with tempfile.TemporaryDirectory(prefix="dojo-shipping-") as work:
        (folder := Path(work, "fresh")).mkdir()
        made = fresh(name, folder)
        if (known := shipped(title)) is not None:
            (packed := Path(work, "known.db")).write_bytes(known)
            if said_by(packed) == said_by(made):
                return False
        content = made.read_bytes()
    SHIPPED.mkdir(exist_ok=True)
    write_whole(SHIPPED / f"{title}.db.gz", gzip.compress(content, mtime=0))
    write_whole(SHIPPED / f"{title}.sha256", hashlib.sha256(content).hexdigest() + "\n")
    return True


def main() -> None:
    """Pack those of all libraries that are installed."""
    for name in MIGRATE:
        try:
            title = f"{name} {metadata.version(name)}"
        except metadata.PackageNotFoundError:
            continue
        sys.stdout.write(f"{title}: {'packed' if pack(name) else 'as it is'}\n")


if __name__ == "__main__":
    main()

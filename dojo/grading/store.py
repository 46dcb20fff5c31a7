"""Keep results as they come, so that a batch that was killed goes on where it was."""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
import threading
from pathlib import Path

from dojo.grading.binding import bind
from dojo.grading.results import SCHEMA, ByHand, Result
from dojo.intake.submission import Submission
from dojo.sandbox.walls import Level


class StoreError(Exception):
    """The file of earlier results cannot be used; the message says what to do."""


class Store:
    """Results in one SQLite file, each under the digest of all that could change it."""

    def __init__(self, path: Path) -> None:
        """Open or make the file.

        Raises:
            StoreError: It is no such file, or cannot be written.
        """
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(path, check_same_thread=False, timeout=30)
            with self._database:
                self._database.execute(
                    "CREATE TABLE IF NOT EXISTS results (key TEXT PRIMARY KEY, record TEXT)"
                )
                self._database.execute(
                    "CREATE TABLE IF NOT EXISTS marks"
                    " (learner TEXT, kata TEXT, record TEXT, PRIMARY KEY (learner, kata))"
                )
                self._database.execute(
                    "CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT)"
                )
        except (sqlite3.Error, OSError) as error:
            raise StoreError(
                f"{str(path)!r} cannot keep results ({error}): name another file with --state"
            ) from None

    def seed(self, asked: str | None) -> str:
        """Return the seed of this batch: the asked one, else the one it began with, else a new."""
        with self._lock, self._database:
            row = self._database.execute("SELECT value FROM facts WHERE name = 'seed'").fetchone()
            seed = asked or (str(row[0]) if row else secrets.token_hex(16))
            self._database.execute("INSERT OR REPLACE INTO facts VALUES ('seed', ?)", (seed,))
        return seed

    def find(self, submission: Submission, seed: str, level: Level) -> Result | None:
        """Return an earlier result that still holds; None when there is none that can be read."""
        key = _key_of(submission, seed, level)
        try:
            with self._lock:
                row = self._database.execute(
                    "SELECT CAST(record AS BLOB) FROM results WHERE key = ?", (key,)
                ).fetchone()
            found = Result.model_validate_json(row[0]) if row and row[0] else None
        except ValueError:
            return None  # it cannot be read: it is graded again
        # What the instructor says of it may have changed; what it is worth has not.
        told = {"source": submission.source, "submitted": submission.submitted}
        return found and found.model_copy(update=told)

    def keep(self, submission: Submission, seed: str, level: Level, result: Result) -> None:
        """Keep a result; it is on the disk when this returns."""
        with self._lock, self._database:
            self._database.execute(
                "INSERT OR REPLACE INTO results VALUES (?, ?)",
                (_key_of(submission, seed, level), result.model_dump_json()),
            )

    def write_asked(self, asked: str) -> None:
        """Remember what was asked of the batch, as JSON."""
        with self._lock, self._database:
            self._database.execute("INSERT OR REPLACE INTO facts VALUES ('asked', ?)", (asked,))

    def read_asked(self) -> str | None:
        """Return what was asked of the batch, as JSON; None: it is not known."""
        with self._lock:
            row = self._database.execute("SELECT value FROM facts WHERE name = 'asked'").fetchone()
        return str(row[0]) if row else None

    def set_mark(self, learner: str, kata: str, mark: ByHand | None) -> None:
        """Keep a mark that a person has set; None takes it back."""
        with self._lock, self._database:
            if mark is None:
                self._database.execute(
                    "DELETE FROM marks WHERE learner = ? AND kata = ?", (learner, kata)
                )
            else:
                self._database.execute(
                    "INSERT OR REPLACE INTO marks VALUES (?, ?, ?)",
                    (learner, kata, mark.model_dump_json()),
                )

    def marks(self) -> dict[tuple[str, str], ByHand]:
        """Return the marks that a person has set, by learner and kata.

        Raises:
            StoreError: One cannot be read: none is dropped without a word.
        """
        with self._lock:
            rows = self._database.execute("SELECT learner, kata, record FROM marks").fetchall()
        try:
            return {(row[0], row[1]): ByHand.model_validate_json(row[2]) for row in rows}
        except ValueError as error:
            raise StoreError(f"a mark set by hand cannot be read ({error})") from None

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def _key_of(submission: Submission, seed: str, level: Level) -> str:
    binding = bind(submission, seed, level).model_dump()
    who = [SCHEMA, submission.learner, submission.kata.id, binding, submission.notes]
    return hashlib.sha256(json.dumps(who, sort_keys=True).encode()).hexdigest()

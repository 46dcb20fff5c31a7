"""Remember what this learner has solved, in `.dojo/progress.json` of the checkout."""

from __future__ import annotations

import contextlib
import hashlib
import json
from pathlib import Path
from typing import Any

import filelock

from dojo.catalog.kata import Kata
from dojo.catalog.verdict import KataVerdict
from dojo.ground.files import write_whole

SCHEMA = 1


def record_progress(kata: Kata, verdict: KataVerdict, of: str) -> None:
    """Remember the tasks that a run of the learner's file has solved.

    Only a run of all the kata's tests counts, or of all up to the red task that the later ones wait
    for; a read-only checkout is not an error.

    Args:
        kata: The kata.
        verdict: What its tests said.
        of: The `fingerprint` of the files when the run began.
    """
    ran = {test.test.split("[", 1)[0] for test in verdict.tests}
    for number in verdict.waiting_tasks(kata):
        ran.update(kata.tasks[number - 1].tests)
    if verdict.fault or not ran >= set(kata.tests):
        return
    path = _file(kata.root)
    with contextlib.suppress(OSError, filelock.Timeout):
        path.parent.mkdir(exist_ok=True)
        with filelock.FileLock(path.with_suffix(".lock"), timeout=5):
            katas = _read(path)
            katas[kata.id] = {"of": of, "tasks": verdict.solved_tasks(kata)}
            write_whole(path, json.dumps({"schema": SCHEMA, "katas": katas}, indent=1) + "\n")


def solved_tasks(kata: Kata) -> list[int] | None:
    """Return the numbers of the solved tasks; None if unknown or the files changed since."""
    entry = _read(_file(kata.root)).get(kata.id)
    if not isinstance(entry, dict) or entry.get("of") != fingerprint(kata):
        return None
    return [int(number) for number in entry.get("tasks", [])]


def is_solved(kata: Kata) -> bool:
    """Say whether the files as they are now were seen green."""
    return len(solved_tasks(kata) or []) == len(kata.tasks)


def _file(root: Path) -> Path:
    return root / ".dojo" / "progress.json"


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        return {}
    katas = content.get("katas")
    return katas if isinstance(katas, dict) else {}


def fingerprint(kata: Kata) -> str:
    """Return a digest of the learner's file and its tests."""
    digest = hashlib.sha256()
    for path in (kata.stub_file, kata.test_file):
        with contextlib.suppress(OSError):
            digest.update(path.read_bytes())
    return digest.hexdigest()

"""Log a learner's attempts in their own `.dojo/attempts.jsonl`: when, task, red tests, tier.

No line of what they wrote is in it. It stays on their machine unless they hand it in; `dojo forget`
removes it, `dojo forget --off` also for the future. A record is a line of JSON:

    {"schema": 1, "when": "2026-03-02T09:30:00+00:00", "kata": "02_retries", "task": 2,
     "red": ["test_one[503]"], "todo": [3, 4], "tier": 1}

`task` is the first one that is not solved (null: all are), `red` its red tests (none if it is still
a stub), `todo` the tasks not begun, `tier` the highest hint of `task` that was opened.
"""

from __future__ import annotations

import contextlib
import datetime
import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import filelock
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from dojo.catalog.kata import Kata
from dojo.catalog.verdict import KataVerdict
from dojo.catalog.whereabouts import tier_opened
from dojo.ground.files import write_whole

FILE = Path(".dojo", "attempts.jsonl")
_OFF = Path(".dojo", "attempts.off")
MOST_BYTES = 2_000_000
_PATIENCE_S = 0.5
_Test = Annotated[str, Field(max_length=300)]


class Attempt(BaseModel):
    """One run of a kata's tests on the learner's file."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    schema_: Literal[1] = Field(alias="schema")
    when: AwareDatetime
    kata: Annotated[str, Field(pattern=r"^\d\d_[a-z][a-z0-9_]*$", max_length=80)]
    task: Annotated[int, Field(ge=1, le=99)] | None
    red: Annotated[tuple[_Test, ...], Field(max_length=500)]
    todo: Annotated[tuple[int, ...], Field(max_length=99)] = ()
    tier: Annotated[int, Field(ge=0, le=3)]


def attempt_of(kata: Kata, verdict: KataVerdict, now: datetime.datetime | None = None) -> Attempt:
    """Return what is logged of a verdict on the learner's file.

    Args:
        kata: The kata.
        verdict: What its tests said; it has no fault.
        now: The moment; the present one by default.
    """
    solved = verdict.solved_tasks(kata)
    unsolved = [number for number in range(1, len(kata.tasks) + 1) if number not in solved]
    red = verdict.red
    begun = {test.task for test in red if test.cause != "stub"}
    todo = [number for number in unsolved if number not in begun]
    task = next(iter(unsolved), None)
    tests = tuple(test.test for test in red if test.task == task and task in begun)
    return Attempt(
        schema=1,
        when=now or datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0),
        kata=kata.id,
        task=task,
        red=tests,
        todo=tuple(todo),
        tier=tier_opened(kata, task) if task else 0,
    )


def log_attempt(kata: Kata, verdict: KataVerdict) -> None:
    """Add a verdict to the log, unless it is switched off; whatever fails here, no run does.

    A run that says the same as the one before is not logged again. The file is replaced whole, and
    of a long one the older half is dropped.
    """
    path = kata.root / FILE
    with contextlib.suppress(OSError, ValueError, filelock.Timeout):
        if verdict.fault or not verdict.tests or is_off(kata.root):
            return
        attempt = attempt_of(kata, verdict)
        line = json.dumps(attempt.model_dump(mode="json", by_alias=True), ensure_ascii=False)
        path.parent.mkdir(exist_ok=True)
        with filelock.FileLock(path.with_suffix(".lock"), timeout=_PATIENCE_S):
            lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
            if lines and _same(lines[-1], line):
                return
            if sum(map(len, lines)) > MOST_BYTES:
                del lines[: len(lines) // 2]
            write_whole(path, "\n".join([*lines, line]) + "\n")


def read_attempts(path: Path, say: Callable[[str], None] = lambda _: None) -> list[Attempt]:
    """Read a log that anybody may have written, or damaged.

    Args:
        path: The file.
        say: Is told, in one line, what was left out.

    Returns:
        The attempts that can be read, in the order of their moments.

    Raises:
        OSError: It cannot be read at all.
        ValueError: It is too long, no text, or none of its lines is an attempt.
    """
    if path.stat().st_size > 2 * MOST_BYTES:
        raise ValueError(f"it has more than {2 * MOST_BYTES // 1_000_000} MB")
    found, damaged = [], 0
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            found.append(Attempt.model_validate_json(line))
        except ValidationError:
            damaged += bool(line.strip())
    if damaged and not found:
        raise ValueError("no line of it is an attempt of schema 1")
    if damaged:
        say(f"{damaged} of its lines cannot be read and are left out")
    return sorted(found, key=lambda one: one.when)


def forget(root: Path, *, off: bool | None = None) -> bool:
    """Remove the log; say whether there was one.

    Args:
        root: The learner's folder.
        off: Log no more from now on; or log again; None: as before.

    Raises:
        OSError: It cannot be removed, or the switch not be written.
    """
    if off:
        (root / _OFF).parent.mkdir(exist_ok=True)
        (root / _OFF).touch()
    elif off is not None:
        (root / _OFF).unlink(missing_ok=True)
    was_there = (root / FILE).exists()
    (root / FILE).unlink(missing_ok=True)
    return was_there


def is_off(root: Path) -> bool:
    """Say whether the learner wants no log."""
    return (root / _OFF).exists()


def _same(one: str, other: str) -> bool:
    """Say whether two records differ in nothing but their moment."""
    first, second = (json.loads(line) for line in (one, other))
    if not isinstance(first, dict):
        return False
    return {**first, "when": ""} == {**second, "when": ""}

"""Remember where a learner was and which hints they opened, in `.dojo/companion.json`."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import filelock

from dojo.catalog.kata import Kata
from dojo.ground.files import write_whole

SCHEMA = 1
TIERS = 3
_PATIENCE_S = 1


def kata_left(katas: list[Kata]) -> Kata | None:
    """Return the kata that a learner was at last; None if that is unknown, or not one of these."""
    at = _read(katas[0].root).get("at") if katas else None
    return next((kata for kata in katas if kata.id == at), None)


def remember_kata(kata: Kata) -> None:
    """Remember that the learner is at this kata; where nothing can be written, do nothing."""
    _change(kata.root, at=kata.id)


def tier_opened(kata: Kata, task: int) -> int:
    """Return the highest tier of a task's hints that was opened, from 1; 0 if none was."""
    tier = _of_kata(_read(kata.root), kata).get(str(task))
    return tier if isinstance(tier, int) and 0 <= tier <= TIERS else 0


def remember_tier(kata: Kata, task: int, tier: int) -> None:
    """Remember that a tier of a task's hints was opened; a lower one than before changes nothing.

    Args:
        kata: The kata.
        task: The task's number, from 1.
        tier: 1 to 3.
    """
    if tier <= tier_opened(kata, task):
        return
    known = _read(kata.root)
    tiers = known.get("tiers")
    mine = {**_of_kata(known, kata), str(task): tier}
    _change(kata.root, tiers={**(tiers if isinstance(tiers, dict) else {}), kata.id: mine})


def _of_kata(known: dict[str, Any], kata: Kata) -> dict[str, Any]:
    tiers = known.get("tiers")
    found = tiers.get(kata.id) if isinstance(tiers, dict) else None
    return found if isinstance(found, dict) else {}


def _file(root: Path) -> Path:
    return root / ".dojo" / "companion.json"


def _read(root: Path) -> dict[str, Any]:
    try:
        content = json.loads(_file(root).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    known = isinstance(content, dict) and content.get("schema") == SCHEMA
    return content if known else {}


def _change(root: Path, **changes: Any) -> None:
    path = _file(root)
    with contextlib.suppress(OSError, filelock.Timeout):
        path.parent.mkdir(exist_ok=True)
        with filelock.FileLock(path.with_suffix(".lock"), timeout=_PATIENCE_S):
            content = {**_read(root), **changes, "schema": SCHEMA}
            write_whole(path, json.dumps(content, indent=1) + "\n")

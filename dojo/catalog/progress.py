"""Remember what this learner has solved and seen, in `.dojo/progress.json` of clone or workspace.

A record of an entry is `of` (the digest of the learner's file with the tests that were seen green),
`tasks` (the solved ones), `file` and `tests` (a digest of each of the two), `all` (whether all
tasks were solved) and `seen` (whether the reference was shown before). Older ones have `of` and
`tasks` only.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import filelock

from dojo.catalog.handed_out import earlier_versions
from dojo.catalog.kata import Kata
from dojo.catalog.verdict import KataVerdict
from dojo.ground.files import write_whole

SCHEMA = 1
Entries = dict[str, Any]


@dataclass(frozen=True)
class Standing:
    """How a learner stands with a kata.

    Attributes:
        solved: The files as they are now were seen green.
        changed: They were, but for the tests, which are others since.
        seen: The reference was shown before the kata was solved.
    """

    solved: bool = False
    changed: bool = False
    seen: bool = False

    @property
    def said(self) -> str:
        """Return it in a word or two."""
        if self.changed:
            return "changed since you solved it"
        words = "solved" if self.solved else "unsolved"
        return f"{words}, solution seen" if self.seen else words


def record_progress(kata: Kata, verdict: KataVerdict, of: str) -> None:
    """Remember the tasks that a run of the learner's file has solved.

    Only a run of all the kata's tests counts, or of all up to the red task that the later ones wait
    for; a read-only checkout is not an error.

    Args:
        kata: The kata.
        verdict: What its tests said.
        of: The `fingerprint` of the files when the run began.
    """
    if not is_complete(kata, verdict):
        return
    solved = verdict.solved_tasks(kata)
    entry = {"of": of, "tasks": solved, **_parts(kata, of), "all": len(solved) == len(kata.tasks)}

    def change(katas: Entries) -> bool:
        seen = _entry(katas, kata).get("seen")
        katas[kata.id] = {**entry, "seen": True} if seen else entry
        return True

    _rewrite(kata.root, change)


def is_complete(kata: Kata, verdict: KataVerdict) -> bool:
    """Say whether all the kata's tests ran, or all but those of tasks that wait for a red one."""
    ran = {test.test.split("[", 1)[0] for test in verdict.tests}
    for number in verdict.waiting_tasks(kata):
        ran.update(kata.tasks[number - 1].tests)
    return not verdict.fault and ran >= set(kata.tests)


def record_seen(kata: Kata) -> None:
    """Remember that the reference was shown before the kata was solved."""

    def change(katas: Entries) -> bool:
        katas[kata.id] = {**_entry(katas, kata), "seen": True}
        return True

    _rewrite(kata.root, change)


def solved_tasks(kata: Kata) -> list[int] | None:
    """Return the numbers of the solved tasks; None if unknown or the files changed since."""
    return _solved(kata, _entry(_read(_file(kata.root)), kata))


def is_solved(kata: Kata) -> bool:
    """Say whether the files as they are now were seen green."""
    return standing(kata).solved


def standing(kata: Kata) -> Standing:
    """Return how the learner stands with a kata."""
    entry = _entry(_read(_file(kata.root)), kata)
    solved = len(_solved(kata, entry) or []) == len(kata.tasks)
    same_file = entry.get("file") == _digest(kata.stub_file)
    changed = not solved and same_file and bool(entry.get("all"))
    changed = changed and entry.get("tests") != _digest(kata.test_file)
    return Standing(solved, changed, bool(entry.get("seen")))


def take_over(katas: Iterable[Kata]) -> None:
    """Add to older records what tells changed tests from a changed solution, where it is known.

    Who brings other tests calls it before; where Git has brought them it looks into its history.
    """
    katas = list(katas)

    def change(known: Entries) -> bool:
        added = False
        for kata in katas:
            entry = _entry(known, kata)
            if "of" in entry and "file" not in entry:
                of = str(entry["of"])
                parts = _parts(kata, of)
                parts = parts if parts["file"] else _earlier_parts(kata, of)
                all_solved = len(entry.get("tasks", [])) == len(kata.tasks)
                known[kata.id] = {**entry, **parts, "all": all_solved}
                added = True
        return added

    old = _read(_file(katas[0].root)) if katas else {}
    if any("of" in (entry := _entry(old, one)) and "file" not in entry for one in katas):
        _rewrite(katas[0].root, change)


def fingerprint(kata: Kata) -> str:
    """Return a digest of the learner's file and its tests, whatever their line ends."""
    return _joined(_plain(kata.stub_file), _plain(kata.test_file))


def _solved(kata: Kata, entry: dict[str, Any]) -> list[int] | None:
    # Older records have the bytes of a Windows checkout as they are.
    as_it_is = _joined(_bytes(kata.stub_file), _bytes(kata.test_file))
    if entry.get("of") not in (fingerprint(kata), as_it_is):
        return None
    return [int(number) for number in entry.get("tasks", [])]


def _parts(kata: Kata, of: str) -> dict[str, str]:
    """Return the digests of the two files that a fingerprint is of; empty ones if of others."""
    if of not in (fingerprint(kata), _joined(_bytes(kata.stub_file), _bytes(kata.test_file))):
        return {"file": "", "tests": ""}
    return {"file": _digest(kata.stub_file), "tests": _digest(kata.test_file)}


def _earlier_parts(kata: Kata, of: str) -> dict[str, str]:
    """Return them with the tests of an earlier commit."""
    for tests in map(plain_text, earlier_versions(kata.test_file)):
        if _joined(_plain(kata.stub_file), tests) == of:
            return {"file": _digest(kata.stub_file), "tests": _joined(tests)}
    return {"file": "", "tests": ""}


def plain_text(content: bytes) -> bytes:
    """Return a file's bytes without what an editor or a checkout adds: a BOM, other line ends."""
    return content.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")


def _plain(path: Path) -> bytes:
    return plain_text(_bytes(path))


def _bytes(path: Path) -> bytes:
    with contextlib.suppress(OSError):
        return path.read_bytes()
    return b""


def _digest(path: Path) -> str:
    return _joined(_plain(path))


def _joined(*contents: bytes) -> str:
    digest = hashlib.sha256()
    for content in contents:
        digest.update(content)
    return digest.hexdigest()


def _file(root: Path) -> Path:
    return root / ".dojo" / "progress.json"


def _entry(katas: Entries, kata: Kata) -> dict[str, Any]:
    entry = katas.get(kata.id)
    return entry if isinstance(entry, dict) else {}


def _rewrite(root: Path, change: Callable[[Entries], bool]) -> None:
    path = _file(root)
    with contextlib.suppress(OSError, filelock.Timeout):
        path.parent.mkdir(exist_ok=True)
        with filelock.FileLock(path.with_suffix(".lock"), timeout=5):
            katas = _read(path)
            if change(katas):
                content = json.dumps({"schema": SCHEMA, "katas": katas}, indent=1)
                write_whole(path, content + "\n")


def _read(path: Path) -> Entries:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        return {}
    katas = content.get("katas")
    return katas if isinstance(katas, dict) else {}

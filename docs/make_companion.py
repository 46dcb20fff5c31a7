"""Draw what the companion shows: `screens/companion*.svg`, from real runs of katas 01 and 02.

Usage: python docs/make_companion.py

It runs the tests on our solution of 01 and on a usual attempt at 02, keeps what they said beside
the pictures, and draws. `drawn` alone draws again from what is kept, for the test of that.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console

from dojo.catalog.answers import as_one_file
from dojo.catalog.kata import Kata, Language, find_kata, load_catalog
from dojo.catalog.progress import fingerprint, record_progress
from dojo.catalog.verdict import KataVerdict
from dojo.terminal.companion.companion import Companion
from dojo.terminal.companion.course import Course
from dojo.terminal.companion.runs import Runs
from dojo.terminal.companion.view import Desk, View
from dojo.terminal.companion.words import Words
from dojo.terminal.screen import Screen

ROOT = Path(__file__).resolve().parent.parent
SCREENS = ROOT / "docs" / "screens"
KEPT = SCREENS / "companion.jsonl"
ATTEMPT = ROOT / "reference/02_retries/answers/wrong_429_is_final.py"
COLUMNS, ROWS = 80, 24


class Kept:
    """Says of a kata what is kept of its run, as a warm parent would."""

    def __init__(self, verdicts: dict[str, KataVerdict]) -> None:
        """Take the verdicts by kata."""
        self._verdicts = verdicts

    def run(self, kata: Kata, *_: object, **__: object) -> KataVerdict:
        """Return what is kept."""
        return self._verdicts[kata.id]

    def close(self) -> None:
        """Do nothing."""


class Nowhere:
    """A face that shows nothing."""

    def show(self, desk: Desk) -> None:
        """Do nothing."""


@contextlib.contextmanager
def learners_folder() -> Iterator[list[Kata]]:
    """Make a folder in which 01 is filled with our solution, and 02 with the attempt; go there."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory(prefix="dojo-picture-") as name:
        root = Path(name).resolve()
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "katas", root / "katas", ignore=ignored)
        for file in ("conftest.py", "pyproject.toml"):
            shutil.copy(ROOT / file, root)
        for ours, mine in zip(load_catalog(ROOT), load_catalog(root), strict=True):
            if ours.number == 1:
                shutil.copy(ours.reference_file, mine.stub_file)
            if ours.number == 2:
                mine.stub_file.write_text(as_one_file(ours, ATTEMPT), encoding="utf-8")
        os.chdir(root)
        try:
            yield load_catalog(root)
        finally:
            os.chdir(before)


def ran() -> dict[str, KataVerdict]:
    """Run the tests of both katas; return what they said, by kata."""
    from dojo.warm import Warm

    with learners_folder() as katas, Warm(katas[0].root) as warm:
        return {kata.id: _told(warm.run(kata, "learner")) for kata in katas[:2]}


def kept() -> dict[str, KataVerdict]:
    """Return what is kept of the runs."""
    lines = KEPT.read_text(encoding="utf-8").splitlines()
    return {verdict.kata: verdict for verdict in map(KataVerdict.from_json, lines)}


def drawn(verdicts: dict[str, KataVerdict]) -> dict[str, str]:
    """Return the pictures, by the names of their files: the desk and the list, in two languages."""
    pictures = {}
    languages: dict[Language, str] = {"en": "", "fr": ".fr"}
    for language, ending in languages.items():
        with learners_folder() as katas:
            first = find_kata(katas, "01")
            record_progress(first, verdicts[first.id], fingerprint(first))
            record_progress(katas[1], verdicts[katas[1].id], fingerprint(katas[1]))
            runs = Runs(lambda: Kept(verdicts))  # type: ignore[arg-type,return-value]
            course = Course(katas, katas[1])
            companion = Companion(katas[0].root, course, runs, Nowhere(), language)
            companion.begin()
            while runs.busy:
                companion.hear()
            companion.press("h")
            pictures[f"companion{ending}.svg"] = _picture(companion.desk, language)
            companion.press("l")
            companion.press("down")
            pictures[f"companion-list{ending}.svg"] = _picture(companion.desk, language)
    return pictures


def _told(verdict: KataVerdict) -> KataVerdict:
    """Return a verdict without what is another with each run, and on each machine."""
    tests = (dataclasses.replace(test, seconds=0.0, output="") for test in verdict.tests)
    return dataclasses.replace(verdict, tests=tuple(tests), seconds=0.0)


def _picture(desk: Desk, language: Language) -> str:
    with Path(os.devnull).open("w", encoding="utf-8") as nothing:
        console = Console(
            record=True, width=COLUMNS, height=ROWS, file=nothing, force_terminal=True,
            color_system="standard", legacy_windows=False,
        )  # fmt: skip
        for line in View(Screen(nothing), Words(language)).frame(desk, COLUMNS, ROWS):
            console.print(line, no_wrap=True, overflow="ellipsis")
        # Without the fonts that Rich would load from the web: any monospaced one will do.
        style = re.sub(r"@font-face \{\{.*?\}\}\n", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
        return console.export_svg(title="dojo", code_format=style, unique_id="dojo")


def main() -> None:
    """Run, keep and draw."""
    verdicts = ran()
    KEPT.write_text("".join(f"{one.to_json()}\n" for one in verdicts.values()), encoding="utf-8")
    for name, picture in drawn(kept()).items():
        (SCREENS / name).write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()

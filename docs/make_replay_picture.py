"""Draw the README's and the start page's replays: usual first attempts above the reference.

`replay.svg` is what `dojo replay` shows in a terminal, `replay-page.svg` the figure of its page;
`start-replay.svg` is of the attempt that the start page has a red message of. What was recorded of
the attempts is kept in `replays.jsonl`, with a digest of each: a test sees when one has changed,
and that each picture is what is drawn of it.

Usage: python docs/make_replay_picture.py
"""

from __future__ import annotations

import hashlib
import io
import re
import tempfile
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

from dojo.catalog.answers import as_one_file
from dojo.catalog.kata import Kata, Language, find_kata, load_catalog
from dojo.catalog.verdict import TestVerdict
from dojo.replay.picture import as_file
from dojo.replay.scale import NARROW
from dojo.replay.story import read_stories, write_stories
from dojo.terminal.replays import Replay, lines, replay

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "docs/replays.jsonl"
ATTEMPTS = {
    "02": ("wrong_no_status_check.py", "test_error_body_is_never_taken_for_customers[503]"),
    "04": ("wrong_result_in_the_loop.py", "test_all_five_train_at_the_same_time"),
}
ENDINGS: dict[Language, str] = {"en": "", "fr": ".fr"}
KATAS = [find_kata(load_catalog(ROOT), name) for name in ATTEMPTS]


def attempt_at(kata: Kata) -> str:
    """Return an attempt at a kata, whole."""
    answer, _ = ATTEMPTS[f"{kata.number:02d}"]
    return as_one_file(kata, kata.answers_folder / answer)


def digest_of(kata: Kata) -> str:
    """Return what a kept story says its attempt was."""
    return f"sha256:{hashlib.sha256(attempt_at(kata).encode()).hexdigest()}"


def kept() -> dict[str, Replay]:
    """Return by kata what is kept of the attempt, and of the reference in the same test."""
    mine = {one.kata: one for one in read_stories(KEPT)}
    found = {}
    for kata in KATAS:
        story = mine[kata.id]
        others = (one for one in read_stories(kata.replay_file) if one.test == story.test)
        red = TestVerdict(story.test, None, False, "assertion", "", 0.0)  # `main` has seen it
        found[f"{kata.number:02d}"] = Replay(kata, story.test, red, story, next(others))
    return found


def pictures() -> dict[Path, str]:
    """Return each picture as it is drawn of what is kept."""
    replays = kept()
    figure, start = replays["04"], replays["02"]
    made = {}
    for language, ending in ENDINGS.items():
        page = as_file(figure.stories, figure.title(language), compared=True, language=language)
        first = as_file(
            start.stories, start.title(language), compared=True, width=NARROW, language=language
        )
        made |= {
            ROOT / f"docs/replay-page{ending}.svg": page,
            ROOT / f"docs/replay{ending}.svg": _terminal(figure, language),
            ROOT / f"docs/start-replay{ending}.svg": first,
        }
    return made


def _terminal(shown: Replay, language: Language) -> str:
    """Return a terminal that shows a replay."""
    console = Console(record=True, width=84, file=io.StringIO(), force_terminal=True)
    command = f"$ dojo replay {shown.kata.number:02d} {shown.test}"
    console.print(Text(command, style="bold"))
    for line in lines(shown, language):
        console.print(Text(line))
    console.print()  # the last line's underscores are cut off
    # Without the fonts that Rich would load from the web: any monospaced one will do.
    style = re.sub(r"@font-face \{\{.*?\}\}\n", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    return console.export_svg(
        title=shown.kata.title.get(language), code_format=style, unique_id="replay"
    )


def main() -> None:
    """Run each test on its attempt, keep what was recorded, draw it."""
    stories = []
    for kata in KATAS:
        with tempfile.TemporaryDirectory(prefix="dojo-picture-") as folder:
            mine = Path(folder) / kata.stub_file.name
            mine.write_text(attempt_at(kata), encoding="utf-8")
            shown = replay(kata, ATTEMPTS[f"{kata.number:02d}"][1], str(mine))
        if shown.mine is None or shown.verdict is None or shown.verdict.passed:
            raise SystemExit(f"{kata.id}: the attempt is not red, or nothing was recorded")
        stories.append(shown.mine.model_copy(update={"solution": digest_of(kata)}))
    write_stories(KEPT, stories)
    for path, picture in pictures().items():
        path.write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()

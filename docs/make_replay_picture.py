"""Draw `replay.svg` and `replay-page.svg`: a usual first attempt at kata 04 above the reference.

One is what `dojo replay` shows in a terminal, the other the figure of its page; of one real run.

Usage: python docs/make_replay_picture.py
"""

from __future__ import annotations

import dataclasses
import io
import re
import tempfile
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

from dojo.catalog.answers import as_one_file
from dojo.catalog.kata import find_kata, load_catalog
from dojo.replay.picture import as_file
from dojo.terminal.replays import lines, replay

ROOT = Path(__file__).resolve().parent.parent
KATA, ANSWER = "04", "wrong_result_in_the_loop.py"
TEST = "test_all_five_train_at_the_same_time"


def main() -> None:
    """Run the test on the attempt, and draw it beside what is kept of the reference."""
    kata = find_kata(load_catalog(ROOT), KATA)
    with tempfile.TemporaryDirectory(prefix="dojo-picture-") as folder:
        mine = Path(folder) / kata.stub_file.name
        mine.write_text(as_one_file(kata, kata.answers_folder / ANSWER), encoding="utf-8")
        found = dataclasses.replace(replay(kata, TEST, str(mine)), whose="yours")
    figure = as_file(found.stories, found.title("en"), compared=True)
    (ROOT / "docs/replay-page.svg").write_text(figure, encoding="utf-8")
    console = Console(record=True, width=84, file=io.StringIO(), force_terminal=True)
    console.print(Text(f"$ dojo replay {KATA} {TEST}", style="bold"))
    for line in lines(found):
        console.print(Text(line))
    # Without the fonts that Rich would load from the web: any monospaced one will do.
    style = re.sub(r"@font-face \{\{.*?\}\}\n", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    drawn = console.export_svg(title=kata.title.en, code_format=style)
    (ROOT / "docs/replay.svg").write_text(drawn, encoding="utf-8")


if __name__ == "__main__":
    main()

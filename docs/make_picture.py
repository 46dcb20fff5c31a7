"""Draw the pictures of the README and of the start page from two real runs.

A usual first attempt, then the reference: `red-then-green.svg` has both, the start page one each,
narrow enough for a phone. In each language of the pages; English has no ending of its own.

Usage: python docs/make_picture.py [--check]

With `--check` nothing is written: it ends with 1 if a picture is not what the runs say today. No
picture says how long a run took, which is another each time.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
ATTEMPT = ROOT / "reference/02_retries/answers/wrong_no_status_check.py"
REFERENCE = ROOT / "reference/02_retries/retries.py"
RED = "pytest katas/02_retries -x"
GREEN = "pytest katas/02_retries --solutions reference"
WIDE = 100
# French takes more room: the start page is one screen in both.
NARROW = {"en": 56, "fr": 60}
ENDINGS = {"en": "", "fr": ".fr"}


def run(language: str, columns: int, *arguments: str) -> list[str]:
    """Run pytest on the kata as on a terminal of that width; return its coloured lines."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--color=yes", "-p", "no:cacheprovider", *arguments],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": str(columns), "DOJO_LANG": language},
        capture_output=True,
        text=True,
        check=False,
    )
    unwanted = re.compile(
        r"short test summary|FAILED|stopping after|^Still waiting for|^Toujours en attente"
    )
    lines = [line for line in done.stdout.splitlines() if not unwanted.search(line)]
    return [re.sub(r" in \d+\.\d+s(?: \([\d:]+\))?", "", line) for line in flowing(lines)]


def flowing(lines: list[str]) -> list[str]:
    """Join the lines of a sentence, which a narrow terminal would break twice."""
    joined: list[str] = []
    for line in lines:
        before = joined[-1] if joined else ""
        goes_on = re.match(r"[a-zà-ÿ]", line) and re.search(r"[a-zà-ÿ,]$", before)
        joined[-1:] = [f"{before} {line}"] if goes_on else [before, line] if joined else [line]
    return joined


def runs(language: str, columns: int) -> dict[str, list[str]]:
    """Make both runs; return what each command prints."""
    with tempfile.TemporaryDirectory(prefix="dojo-picture-") as name:
        mine = Path(name) / "mine"
        (mine / "02_retries").mkdir(parents=True)
        attempt = f"{REFERENCE.read_text('utf-8')}\n\n{ATTEMPT.read_text('utf-8')}"
        (mine / "02_retries/retries.py").write_text(attempt, encoding="utf-8")
        red = run(language, columns, "katas/02_retries", "-x", f"--solutions={mine}")
    green = run(language, columns, "katas/02_retries", "--solutions=reference")
    return {RED: red, GREEN: green}


def drawn(columns: int, printed: dict[str, list[str]]) -> str:
    """Return a terminal of that width with commands and what they print."""
    console = Console(record=True, width=columns, file=io.StringIO(), force_terminal=True)
    for command, lines in printed.items():
        console.print(Text(f"$ {command}", style="bold"))
        for line in lines:
            console.print(Text.from_ansi(line))
        if len(printed) > 1:
            console.print()
    # Without the fonts that Rich would load from the web: any monospaced one will do.
    style = re.sub(r"@font-face \{\{.*?\}\}\n", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    return console.export_svg(title="02 Retries", code_format=style, unique_id="terminal")


def pictures() -> dict[Path, str]:
    """Return each picture by its path, drawn from runs made now."""
    made = {}
    for language, ending in ENDINGS.items():
        columns = NARROW[language]
        narrow = runs(language, columns)
        made |= {
            ROOT / f"docs/red-then-green{ending}.svg": drawn(WIDE, runs(language, WIDE)),
            ROOT / f"docs/start-red{ending}.svg": drawn(columns, {RED: narrow[RED]}),
            ROOT / f"docs/start-green{ending}.svg": drawn(columns, {GREEN: narrow[GREEN]}),
        }
    return made


def main() -> int:
    """Write the pictures, or check them; return the exit code."""
    made = pictures()
    if sys.argv[1:] != ["--check"]:
        for path, svg in made.items():
            path.write_text(svg, encoding="utf-8")
        return 0
    old = [
        path.relative_to(ROOT)
        for path, svg in made.items()
        if not path.exists() or path.read_text("utf-8") != svg
    ]
    for path in old:
        print(f"{path} is not what the runs say today; run: python docs/make_picture.py")
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main())

"""Draw `red-then-green.svg` from two real runs: a usual first attempt, then the reference.

Usage: python docs/make_picture.py
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
COLUMNS = 100


def run(folder: Path, *arguments: str) -> list[str]:
    """Run pytest on the kata as on a terminal; return its coloured lines."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--color=yes", "-p", "no:cacheprovider", *arguments],
        cwd=folder,
        env={**os.environ, "COLUMNS": str(COLUMNS)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.splitlines()


def main() -> None:
    """Make both runs and draw them."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    with tempfile.TemporaryDirectory(prefix="dojo-picture-") as name:
        mine = Path(name) / "mine"
        (mine / "02_retries").mkdir(parents=True)
        attempt = f"{REFERENCE.read_text('utf-8')}\n\n{ATTEMPT.read_text('utf-8')}"
        (mine / "02_retries/retries.py").write_text(attempt, encoding="utf-8")
        red = run(ROOT, "katas/02_retries", "-x", f"--solutions={mine}")
    green = run(ROOT, "katas/02_retries", "--solutions=reference")
    for command, lines in (
        ("pytest katas/02_retries -x", red),
        ("pytest katas/02_retries --solutions reference", green),
    ):
        console.print(Text(f"$ {command}", style="bold"))
        for line in lines:
            if not re.search(r"short test summary|FAILED|stopping after", line):
                console.print(Text.from_ansi(line))
        console.print()
    # Without the fonts that Rich would load from the web: any monospaced one will do.
    style = re.sub(r"@font-face \{\{.*?\}\}\n", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    svg = console.export_svg(title="02 Retries", code_format=style)
    (ROOT / "docs/red-then-green.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()

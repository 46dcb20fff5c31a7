"""Ask a library in a process of its own, and show it the pages' own examples."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def ask(script: str, folder: Path) -> dict[str, Any]:
    """Run one of the scripts in a folder, and return what it has left in `found.json`."""
    paths = [str(folder), str(ROOT), *sys.path]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(ROOT / "tests" / "facts" / "scripts" / script)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(json.loads((folder / "found.json").read_text(encoding="utf-8")))


def example_of(kata: str) -> str:
    """Return the code under the heading `A small example` of a kata's page."""
    (page,) = ROOT.glob(f"katas/{kata}_*/README.md")
    example = page.read_text(encoding="utf-8").split("## A small example")[1].split("\n## ")[0]
    return "\n".join(re.findall(r"^```python\n(.*?)^```", example, re.MULTILINE | re.DOTALL))

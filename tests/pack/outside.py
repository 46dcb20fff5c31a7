"""Be an author elsewhere: a copy of the pack outside this repository, and the real commands."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dojo.ground.paths import PACKAGE_ROOT

EXAMPLE = PACKAGE_ROOT / "tests" / "pack" / "json_katas"
ATTACK = EXAMPLE.with_name("attack_reads_the_pack.py")
REFERENCE = Path("reference", "01_records", "records.py")
STUB = Path("katas", "01_records", "records.py")


class Author:
    """A folder with the pack in it, and what is remembered of whom they trust."""

    def __init__(self, folder: Path) -> None:
        """Copy the pack into a folder."""
        self.pack = folder / "json_katas"
        self._config = folder / "config"
        shutil.copytree(EXAMPLE, self.pack, ignore=shutil.ignore_patterns("__pycache__", ".dojo"))

    def run(
        self,
        *words: str | Path,
        cwd: Path | None = None,
        module: str = "dojo",
        more: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Give a command, in the pack's folder if no other is said."""
        environment = {**os.environ, "DOJO_CONFIG": str(self._config), **(more or {})}
        environment.pop("DOJO_SOLUTIONS", None)
        return subprocess.run(
            [sys.executable, "-m", module, *map(str, words)],
            cwd=cwd or self.pack,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def told(self, *words: str | Path, cwd: Path | None = None) -> dict[str, Any]:
        """Give a command with `--json`; return what it says."""
        done = self.run(*words, "--json", cwd=cwd)
        assert done.stdout, done.stderr
        told: dict[str, Any] = json.loads(done.stdout)
        return told

    def change(self, file: str, old: str, new: str) -> None:
        """Change a text of a file of the pack."""
        path = self.pack / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")

"""Say where the katas are and where the one cache is.

The pack, the workspace or the clone is looked for from the working directory upwards, then beside
this package, so that `dojo` and `pytest` work from any folder of it. Under the home nothing is ever
written but the cache, and which packs a person trusts.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import platformdirs

PACKAGE_ROOT = Path(__file__).resolve().parents[2]
# The folder of the pack that a command is about, where that is not found from the working folder.
CHOSEN = "DOJO_PACK"


def is_pack(folder: Path) -> bool:
    """Say whether a folder has the table of a pack: `[tool.dojo.pack]` in its pyproject.toml."""
    try:
        text = (folder / "pyproject.toml").read_bytes()
    except OSError:
        return False
    return re.search(rb"(?m)^\[tool\.dojo\.pack[].]", text) is not None


def find_root(start: Path | None = None) -> Path:
    """Find the folder that holds `katas/`.

    Args:
        start: Where to begin; the working directory by default.

    Returns:
        What `dojo --pack` or DOJO_PACK names, where no `start` is given; else the nearest folder at
        or above `start` that is a pack or has a `katas` folder in it, or the checkout this package
        was installed from.
    """
    if start is None and (named := os.environ.get(CHOSEN)):
        return Path(named).resolve()
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        is_workspace = (folder / ".dojo" / "workspace.json").is_file()
        has_katas = (folder / "katas").is_dir() and (folder / "conftest.py").is_file()
        if is_workspace or has_katas or is_pack(folder):
            return folder
    return PACKAGE_ROOT


def cache_dir() -> Path:
    """Return the folder of what is made once a machine: `DOJO_CACHE`, or the user's cache."""
    named = os.environ.get("DOJO_CACHE")
    return Path(named) if named else Path(platformdirs.user_cache_dir("ml-dojo", appauthor=False))


def config_dir() -> Path:
    """Return the folder of what a person has decided for this machine: `DOJO_CONFIG`, or theirs."""
    named = os.environ.get("DOJO_CONFIG")
    return Path(named) if named else Path(platformdirs.user_config_dir("ml-dojo", appauthor=False))

"""Say where the katas are and where the one cache is.

The workspace or the clone is looked for from the working directory upwards, then beside this
package, so that `dojo` and `pytest` work from any folder of it. Nothing else under the home is ever
written.
"""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

PACKAGE_ROOT = Path(__file__).resolve().parents[2]


def find_root(start: Path | None = None) -> Path:
    """Find the folder that holds `katas/`.

    Args:
        start: Where to begin; the working directory by default.

    Returns:
        The nearest folder at or above `start` with a `katas` folder in it, or the checkout this
        package was installed from.
    """
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        is_workspace = (folder / ".dojo" / "workspace.json").is_file()
        if is_workspace or ((folder / "katas").is_dir() and (folder / "conftest.py").is_file()):
            return folder
    return PACKAGE_ROOT


def cache_dir() -> Path:
    """Return the folder of what is made once a machine: `DOJO_CACHE`, or the user's cache."""
    named = os.environ.get("DOJO_CACHE")
    return Path(named) if named else Path(platformdirs.user_cache_dir("ml-dojo", appauthor=False))

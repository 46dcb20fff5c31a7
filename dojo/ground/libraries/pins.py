"""Read which versions of libraries are known to work together: `constraints.txt`."""

from __future__ import annotations

from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from dojo.ground.paths import PACKAGE_ROOT, find_root


def pins(path: Path) -> list[Requirement]:
    """Read the pins of a constraints file that are meant for this Python."""
    lines = (line.split(" #")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    found = [Requirement(line) for line in lines if line and not line.startswith(("#", "-"))]
    return [one for one in found if one.marker is None or one.marker.evaluate()]


def pinned_version(distribution: str) -> str:
    """Return the version of a distribution that this dojo runs with; "" if nothing says so."""
    path = PACKAGE_ROOT / "constraints.txt"
    if not path.exists():  # a wheel has none beside it, the workspace has
        path = find_root() / path.name
    if not path.exists():
        return ""
    name = canonicalize_name(distribution)
    found = [one.specifier for one in pins(path) if canonicalize_name(one.name) == name]
    return str(found[0]).removeprefix("==") if found else ""

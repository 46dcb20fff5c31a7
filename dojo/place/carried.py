"""Say what of a checkout travels in the wheel, and put it into one archive.

`setup.py` imports this where nothing but Python is installed: so does it.

The reference goes along, since learners compare; no scenario of an examination does, and no planted
answer. It is one file so that the walls of a sandbox can keep it from a submission.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from dojo.catalog.handed_out import handed_out

# Beside the code, where the package was built from a checkout.
ARCHIVE = "katas.zip"
# Where a folder of a learner keeps the packs by others that it was brought.
PACKS = "packs"
# In each language that there is.
_PAGES = ("katas/RULES*.md", "docs/quick_reference*.md")
_STEERING = (
    "conftest.py",
    "constraints.txt",
    "docker-compose.yml",
    "requirements-airflow.txt",
)
# As the clone has them: what an editor reads, and what a container is made of. The learner's.
EDITORS = (
    ".devcontainer/devcontainer.json",
    ".vscode/extensions.json",
    ".vscode/settings.json",
    ".vscode/tasks.json",
)
_MORE = ("reference/pipelines/*.py", "reference/data/*.csv", "docs/screens/*.png")
# The time of all members: the same katas are the same archive.
_EPOCH = (1980, 1, 1, 0, 0, 0)


def carried(root: Path) -> Iterator[str]:
    """Yield the paths, below a checkout, of what travels, in one order."""
    found = [name for name in (*_STEERING, *EDITORS) if (root / name).is_file()]
    for folder in sorted((root / "katas").glob("[0-9]*_*")):
        slug = folder.name[3:]
        names = ("kata.toml", f"{slug}.py", f"test_{slug}.py")
        files = [folder / name for name in names]
        files += [
            path
            for pattern in ("*.md", "messages.*.po", "*.jsonl", "example*.svg")
            for path in sorted(folder.glob(pattern))
        ]
        beside = root / "reference" / folder.name
        files += [beside / f"{slug}.py", beside / "replay.jsonl"]
        found += [path.relative_to(root).as_posix() for path in files if path.is_file()]
    for pattern in (*_PAGES, *_MORE):
        found += [path.relative_to(root).as_posix() for path in root.glob(pattern)]
    yield from sorted(found)


def is_stub(name: str) -> bool:
    """Say whether a path below a checkout is the file of a kata that a learner fills."""
    parts = PurePosixPath(name).parts
    if len(parts) == 5 and parts[0] == PACKS:
        parts = parts[2:]
    return len(parts) == 3 and parts[0] == "katas" and parts[2] == f"{parts[1][3:]}.py"


def content_of(root: Path, name: str) -> bytes:
    """Return a file as it travels: of a stub, which somebody may have filled, the one it was."""
    path = root / name
    content = handed_out(path) if is_stub(name) else path.read_bytes()
    # A checkout on Windows may have other line ends.
    return content if path.suffix == ".png" else content.replace(b"\r\n", b"\n")


def write_archive(root: Path, target: Path) -> None:
    """Put all that travels into an archive."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in carried(root):
            member = zipfile.ZipInfo(name, _EPOCH)
            member.external_attr = 0o644 << 16
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, content_of(root, name))

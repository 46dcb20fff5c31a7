"""Keep what a command is about to replace, in `.dojo/backups` of the clone or the workspace."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

from dojo.ground.files import remove_halves, write_whole

FOLDER = Path(".dojo", "backups")


@dataclass(frozen=True)
class Backup:
    """A file as it was before it was replaced.

    Attributes:
        name: What it is called: `02_retries.20261129-211850.py`.
        path: Where it lies.
    """

    name: str
    path: Path

    @property
    def kata(self) -> str:
        """Return the id of the kata that it is of."""
        return self.name.split(".", 1)[0]


def keep(root: Path, kata: str, path: Path) -> Backup | None:
    """Keep a file of a kata, unless its newest backup has just that.

    Args:
        root: The clone or the workspace.
        kata: The kata's id, or another word without a dot that the file belongs to.
        path: The file.

    Returns:
        The backup that holds it now; None where there is no file.

    Raises:
        OSError: It cannot be kept.
    """
    if not path.is_file():
        return None
    remove_halves(root / FOLDER)
    content = path.read_bytes()
    earlier = [one for one in found(root, kata) if one.path.suffix == path.suffix]
    if earlier and earlier[-1].path.read_bytes() == content:
        return earlier[-1]
    free = free_place(root, kata, path.suffix)
    write_whole(free, content)
    return Backup(free.name, free)


def free_place(root: Path, kata: str, ending: str) -> Path:
    """Return where a new backup goes; its folder is made."""
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.datetime.now().strftime("%Y%m%d-%H%M%S")
    for number in range(1, 10_000):
        # In the order of names as in that of time, also within a second.
        place = folder / f"{kata}.{now}-{number:04d}{ending}"
        if not place.exists():
            return place
    raise FileExistsError(17, "there are too many backups", str(folder))


def found(root: Path, kata: str | None = None) -> list[Backup]:
    """Return the backups of a kata, or of all, the oldest first."""
    folder = root / FOLDER
    if not folder.is_dir():
        return []
    every = [Backup(path.name, path) for path in folder.iterdir() if path.name[0] != "."]
    return sorted(
        (one for one in every if kata in (None, one.kata)),
        key=lambda one: (one.kata, one.name),
    )

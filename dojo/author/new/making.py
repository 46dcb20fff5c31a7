"""Make the two folders of a new kata, red in the right way; and the pack, where there is none."""

from __future__ import annotations

import re
from pathlib import Path

from dojo.author.new import texts
from dojo.catalog.kata import kata_folders
from dojo.catalog.pack import FORMAT, Pack, pack_at
from dojo.ground.files import write_whole
from dojo.ground.paths import is_pack

_NAME = re.compile(r"(\d{2})_([a-z][a-z0-9_]*)")
_TRACKS = "[tool.dojo.pack.tracks]\n"


class CannotMake(Exception):
    """A kata that cannot be begun here; one line, which says the cure."""


def pack_for(folder: Path, root: Path, track: str | None) -> tuple[Path, dict[str, str]]:
    """Return where the kata goes, and the files of a pack that is made for it.

    Args:
        folder: The working folder; it becomes a pack if it lies in none.
        root: The place of katas that was found from there.
        track: The word of the kata's track; None: the pack's first.

    Raises:
        CannotMake: The folder has another project, or the name of no pack.
    """
    is_there = is_pack(root) or (root / "katas").is_dir()
    if is_there and folder.resolve().is_relative_to(root):
        return root, {}
    if track is None:
        raise CannotMake("which track? 'dojo new 01_slug --track spark' begins a pack with one")
    if (folder / "pyproject.toml").exists():
        raise CannotMake(
            f"{str(folder / 'pyproject.toml')!r} is there and has no [tool.dojo.pack];"
            " write the table into it, as docs/authors.md says"
        )
    name = re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-")
    if not re.fullmatch(r"[a-z][a-z0-9-]*", name):
        raise CannotMake(f"{folder.resolve().name!r} names no pack; call the folder like a word")
    given = {"name": name, "module": name.replace("-", "_"), "format": FORMAT}
    given |= {"track": track, "title": track.capitalize()}
    made = {name: text.format(**given) for name, text in texts.PACK.items()}
    return folder.resolve(), made


def files_of(name: str, track: str, languages: list[str]) -> dict[str, str]:
    """Return the files of a new kata, by their paths below the pack.

    Args:
        name: `NN_slug`.
        track: Its track.
        languages: Those of the pack: a page in each.

    Raises:
        CannotMake: It is not called so.
    """
    found = _NAME.fullmatch(name)
    if found is None or found[1] == "00":
        raise CannotMake(f"{name!r} is no name of a kata; call it like 01_retries")
    number, slug = int(found[1]), found[2]
    given = {"number": number, "slug": slug, "name": name, "track": track}
    # An attack looks for scenarios by this mark, also in the code of the dojo: none is found there.
    given["examines"] = "@" + "examines"
    given["title"] = slug.replace("_", " ").capitalize()
    made = {path.format(**given): text.format(**given) for path, text in texts.KATA.items()}
    page = made[f"katas/{name}/README.md"]
    others = [one for one in languages if one != "en"]
    return {**made, **{f"katas/{name}/README.{one}.md": page for one in others}}


def track_of(root: Path, asked: str | None) -> tuple[str, str | None]:
    """Return the track of a new kata, and what the pack's table becomes if it lacks that.

    Raises:
        CannotMake: The table cannot be added to.
        CatalogError: The pack cannot be read.
    """
    pack: Pack = pack_at(root)
    track = asked or next(iter(pack.tracks), "")
    if track in pack.tracks:
        return track, None
    path = root / "pyproject.toml"
    text = path.read_text(encoding="utf-8") if is_pack(root) else ""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", track) or _TRACKS not in text:
        known = ", ".join(map(repr, pack.tracks))
        raise CannotMake(f"the pack has no track {track!r}; it has {known}: write it beside them")
    return track, text.replace(_TRACKS, f'{_TRACKS}{track} = "{track.capitalize()}"\n')


def check_free(root: Path, name: str) -> None:
    """Refuse a kata that is there, or whose number another one has.

    Raises:
        CannotMake: It says which.
    """
    for folder in kata_folders(root):
        if folder.name[:3] == name[:3]:
            numbers = {int(one.name[:2]) for one in kata_folders(root) if one.name[:2].isdigit()}
            free = next(number for number in range(1, 100) if number not in numbers)
            raise CannotMake(
                f"{folder.name} has that number; take {free:02d}_{name[3:]}, the next that is free"
            )


def write(root: Path, files: dict[str, str]) -> list[Path]:
    """Write what is not there yet; return what was written, in its order."""
    written = []
    for name, text in files.items():
        path = root / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, text)
            written.append(path)
    return written

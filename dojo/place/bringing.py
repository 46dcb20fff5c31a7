"""Bring a workspace to what this dojo hands out: a new one, a half made one, one of an older dojo.

Nothing that a learner wrote is lost, whenever the process ends. Each file is replaced in one step,
and what is lost with the old one is kept before; the record of what was handed out comes last, and
says until then that the command is to be given again. All that is decided is decided anew from the
files as they are, so a second run finishes the first one's work.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from packaging.version import Version

from dojo.catalog.handed_out import ORIGINALS
from dojo.catalog.kata import CatalogError, kata_folders, read_kata
from dojo.catalog.pack import PACKS
from dojo.catalog.progress import plain_text, take_over
from dojo.ground.files import remove_halves, write_whole
from dojo.place import backups
from dojo.place.carried import is_stub
from dojo.place.pack import Pack
from dojo.place.pieces import Source, Unreadable, differences_of_promises
from dojo.place.state import PlaceError, Workspace, alone, workspace_at, write

Say = Callable[[str], None]


@dataclass
class _Plan:
    """What is to be done, and what is to be told of it."""

    writes: list[str] = field(default_factory=list)
    originals: list[str] = field(default_factory=list)
    kept_first: list[str] = field(default_factory=list)
    put_aside: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


def bring(root: Path, pack: Pack, asked: Workspace, say: Say) -> None:
    """Make a workspace what a pack says.

    Args:
        root: The workspace; an existing folder.
        pack: What is handed out.
        asked: What a new workspace is to be; of one that is there its own record counts.
        say: Is told, line by line, what the learner should know.

    Raises:
        PlaceError: A newer dojo has made it, or another command is at work in it.
        OSError: Something cannot be written; nothing is lost.
    """
    with alone(root):
        known = workspace_at(root) or asked.model_copy(update={"half": True})
        if Version(known.dojo) > Version(pack.version):
            raise PlaceError(
                f"{str(root)!r} was made by ml-dojo {known.dojo}, this is {pack.version}:"
                " 'pip install -U ml-dojo' brings a newer one"
            )
        plan = _plan(root, pack, known)
        told = list(dict.fromkeys([*known.told, *plan.told]))
        write(root, known.model_copy(update={"half": True, "told": told}))
        _keep_what_is_solved(root)
        _carry_out(root, pack, plan)
        for line in told:
            say(line)
        handed = {name: _digest(content) for name, content in pack.files.items()}
        done = {"half": False, "told": [], "files": handed, "dojo": pack.version}
        write(root, known.model_copy(update=done))


def _plan(root: Path, pack: Pack, known: Workspace) -> _Plan:
    plan = _Plan()
    for name, new in sorted(pack.files.items()):
        if name in pack.yours:
            _plan_yours(root, name, new, plan)
        else:
            _plan_ours(root, name, new, known, plan)
    plan.told += _news_of_packs(pack, known)
    gone = known.files.keys() - pack.files.keys()
    katas = {PurePosixPath(name).parent for name in gone if name.endswith("/kata.toml")}
    folders = [
        str(kata.parent.with_name(place) / kata.name)
        for kata in katas
        for place in ("katas", "reference")
    ]
    # The whole folder of a kata that is gone, with what the learner has in it.
    aside = {next((one for one in folders if name.startswith(f"{one}/")), name) for name in gone}
    plan.put_aside = sorted(name for name in aside if (root / name).exists())
    where = backups.FOLDER.as_posix()
    plan.told += [f"{name} is gone in this version: it is in {where}" for name in plan.put_aside]
    return plan


def _news_of_packs(pack: Pack, known: Workspace) -> list[str]:
    """Say of each installed pack that is new or another version how many katas are new."""
    told = []
    for name, content in sorted(pack.files.items()):
        if not re.fullmatch(rf"{PACKS}/[^/]+/pyproject\.toml", name) or not known.files:
            continue
        folder = name.removesuffix("pyproject.toml")
        katas = {one for one in pack.files if re.fullmatch(rf"{folder}katas/[^/]+/kata\.toml", one)}
        count = len(katas - known.files.keys())
        if not count and known.files.get(name) == _digest(content):
            continue
        called = folder.split("/")[1]
        version = re.search(r'(?m)^version = "([^"\n]*)"', content.decode(errors="replace"))
        called += f" {version[1]}" if version else ""
        told.append(f"{called}; new katas: {count}")
    return told


def _plan_ours(root: Path, name: str, new: bytes, known: Workspace, plan: _Plan) -> None:
    current = _read(root / name)
    if current == new:
        return
    plan.writes.append(name)
    if current is None or plain_text(current) == plain_text(new):
        return
    if _digest(current) != known.files.get(name):
        plan.kept_first.append(name)
        plan.told.append(f"{name} was not as it was handed out: your text is kept as a backup")


def _plan_yours(root: Path, name: str, new: bytes, plan: _Plan) -> None:
    current, original = _read(root / name), _read(root / ORIGINALS / name)
    untouched = original is not None and _same(current, original)
    if current is None or (untouched and not _same(current, new)):
        plan.writes.append(name)
    elif not _same(current, new) and (original is None or not _same(original, new)):
        plan.told.append(f"{name}: your file stays; {_what_is_new(name, original, new)}")
    if original != new:
        plan.originals.append(name)


def _what_is_new(name: str, original: bytes | None, new: bytes) -> str:
    where = (ORIGINALS / name).as_posix()
    if original is None or not is_stub(name):
        return f"the new one is {where}"
    try:
        said = differences_of_promises(Source(original, name), Source(new, name))
    except Unreadable:
        said = []
    what = "; ".join(said) or "no signature and no docstring is another"
    return f"in the new stub, {where}: {what}"


def _carry_out(root: Path, pack: Pack, plan: _Plan) -> None:
    for name in plan.put_aside:
        path = root / name
        word = "-".join(PurePosixPath(name).parts).replace(".", "-")
        path.rename(backups.free_place(root, word, path.suffix))
    for name in plan.writes:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        remove_halves(path.parent, path.name)
        if name in plan.kept_first:
            backups.keep(root, "-".join(PurePosixPath(name).with_suffix("").parts[-2:]), path)
        write_whole(path, pack.files[name])
    # After the file that it is the original of: until then that is compared with the older one.
    for name in plan.originals:
        path = root / ORIGINALS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        remove_halves(path.parent, path.name)
        write_whole(path, pack.files[name])


def _keep_what_is_solved(root: Path) -> None:
    """Have what was solved stay known with other tests."""
    for place in (root, *sorted((root / PACKS).glob("*"))):
        katas = []
        for folder in kata_folders(place):
            with contextlib.suppress(CatalogError):
                katas.append(read_kata(folder))
        take_over(katas)


def _same(one: bytes | None, other: bytes) -> bool:
    return one is not None and plain_text(one) == plain_text(other)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _digest(content: bytes) -> str:
    return hashlib.sha256(plain_text(content)).hexdigest()

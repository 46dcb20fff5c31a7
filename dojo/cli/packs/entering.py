"""Find the pack that a command is about, and ask once whether whoever wrote it is trusted.

It is the one that `--pack` names, or that begins the id of a kata, `json/01`; else the nearest
above the working folder. `--pack` and `--trust` may stand anywhere on the line.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

from dojo.catalog.pack import CatalogError, Pack, PackTooNew, pack_at, packs_of
from dojo.cli.place import is_terminal
from dojo.ground.exits import Exit, Stop
from dojo.ground.files import write_whole
from dojo.ground.paths import CHOSEN, config_dir, find_root, is_pack
from dojo.terminal.asking import says_yes

IN_A_PACK = re.compile(r"([a-z][a-z0-9_-]*)/(?:\d{1,2}(?:_\w+)?|[a-z]\w*)")
_NO_PACKS = ("answers", "katas", "packs", "reference")
# These read pages and tables, and run nothing of a pack.
_READING = ("forget", "hint", "lang", "list", "new")


@contextlib.contextmanager
def entered(words: list[str]) -> Iterator[list[str]]:
    """Have a command be about the pack that its line is about, for the length of a block.

    Args:
        words: The line, without `dojo` itself.

    Yields:
        The line without what was said of the pack.

    Raises:
        Stop: There is no such pack, it cannot be read, or nobody has said to trust its author.
    """
    left, named, trusts = _taken(words)
    before = os.environ.get(CHOSEN)
    try:
        with _faults():
            if (root := _root_of(named) if named is not None else _root_in(left)) is not None:
                os.environ[CHOSEN] = str(root)
            pack = pack_at(find_root())
        if not pack.is_own and (trusts or not _only_reads(left)):
            _check_trust(pack, said=trusts)
        yield left
    finally:
        if before is None:
            os.environ.pop(CHOSEN, None)
        else:
            os.environ[CHOSEN] = before


def trust(root: Path) -> None:
    """Remember that a person trusts whoever wrote the pack in a folder.

    Raises:
        Stop: That cannot be written.
    """
    path = config_dir() / "trusted.json"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(sorted({*_trusted(), str(root)}), indent=1) + "\n")
    except OSError as error:
        cure = "make it writable, or name another folder in DOJO_CONFIG"
        raise Stop(Exit.ENVIRONMENT, f"{str(path)!r}: {error.strerror}; {cure}") from None


def _taken(words: list[str]) -> tuple[list[str], str | None, bool]:
    """Take `--pack DIR` and `--trust` out of a line, up to a `--`."""
    left: list[str] = []
    named, trusts, rest = None, False, iter(words)
    for word in rest:
        if word == "--":
            left += [word, *rest]
        elif word == "--trust":
            trusts = True
        elif word == "--pack" or word.startswith("--pack="):
            named = word.partition("=")[2] or next(rest, "")
        else:
            left.append(word)
    return left, named, trusts


def _root_of(named: str) -> Path:
    """Return the folder of a pack by its path, or by the name of one that is known here."""
    folder = Path(named).resolve()
    if named and is_pack(folder):
        return folder
    known = {one.name: one.root for one in packs_of(find_root()) if not one.is_own}
    if named in known:
        return known[named]
    listed = f"known here by name: {', '.join(known) or 'none'}"
    said = f"--pack {named!r}: no folder with a [tool.dojo.pack] in its pyproject.toml; {listed}"
    raise Stop(Exit.USAGE, said)


def _root_in(words: list[str]) -> Path | None:
    """Return the folder of the pack that begins the id of a kata; None if no word names one."""
    for word in words:
        match = IN_A_PACK.fullmatch(word)
        if match is None or match[1] in _NO_PACKS:
            continue
        known = {one.name: one.root for one in packs_of(find_root())}
        if match[1] in known:
            return known[match[1]]
        if word.split("/")[1][:1].isdigit() and not Path(word).exists():
            cure = "'cd' into it, or name its folder: --pack DIR"
            raise Stop(Exit.USAGE, f"{word!r}: no pack {match[1]!r} is known here; {cure}")
    return None


def _only_reads(words: list[str]) -> bool:
    command = next((one for one in words if not one.startswith("-")), "")
    return command in _READING or "--help" in words or "--version" in words


def _check_trust(pack: Pack, *, said: bool) -> None:
    where = str(pack.root)
    if where in _trusted():
        return
    told = f"the pack {pack.name!r} in {where!r} runs its author's code on this machine"
    if not said:
        if not is_terminal():
            cure = "give the command with --trust, once, if you trust whoever wrote it"
            raise Stop(Exit.UNCONFIRMED, f"{told}; {cure}")
        question = f"Take care: {told}. Do you trust whoever wrote it?"
        if not says_yes(question):
            raise Stop(Exit.UNCONFIRMED, "nothing was run")
    trust(pack.root)


def _trusted() -> list[str]:
    try:
        known = json.loads((config_dir() / "trusted.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [one for one in known if isinstance(one, str)] if isinstance(known, list) else []


@contextlib.contextmanager
def _faults() -> Iterator[None]:
    try:
        yield
    except PackTooNew as error:
        raise Stop(Exit.NEWER, str(error)) from None
    except CatalogError as error:
        raise Stop(Exit.AUTHOR_ERROR, str(error)) from None

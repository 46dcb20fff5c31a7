"""Know what a workspace is: which dojo made it, in which language, what it was handed.

`.dojo/workspace.json` says it. A clone has no such file.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Literal

import filelock
from packaging.version import InvalidVersion, Version
from pydantic import BaseModel, ConfigDict, ValidationError

from dojo.catalog.kata import Language, Track
from dojo.ground.files import remove_halves, write_whole
from dojo.ground.paths import find_root
from dojo.language import OWN, in_language, languages

FILE = Path(".dojo", "workspace.json")
_PATIENCE_S = 20


class PlaceError(Exception):
    """A command on a learner's folder cannot work; the message is one line that says the cure."""


class Workspace(BaseModel):
    """What is known of a workspace.

    Attributes:
        dojo: The version that made it, or has brought it up to date last.
        lang: Its language; None: as the terminal's.
        track: The only track whose katas it has; None: all.
        files: What was handed out: the digest of each file, by its path below the workspace.
        half: A command is at work; or one was ended, and is to be given again.
        told: What the command that is at work has found out and not yet said.
    """

    model_config = ConfigDict(extra="ignore")

    format: Literal[1] = 1
    dojo: str
    lang: Language | None = None
    track: Track | None = None
    files: dict[str, str] = {}
    half: bool = False
    told: list[str] = []


def workspace_at(root: Path) -> Workspace | None:
    """Return what is known of a workspace; None if the folder is none.

    Raises:
        PlaceError: Its record cannot be read.
    """
    path = root / FILE
    try:
        found = Workspace.model_validate_json(path.read_bytes())
        Version(found.dojo)
        return found
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise PlaceError(f"{str(path)!r} cannot be read: {error.strerror}") from None
    except (ValidationError, InvalidVersion):
        raise PlaceError(
            f"{str(path)!r} is no record of a workspace that this dojo can read:"
            " a newer one has made it ('pip install -U ml-dojo'), or it is damaged"
        ) from None


def check_new(root: Path) -> Workspace | None:
    """Refuse a folder that cannot become a workspace.

    Returns:
        What is known of one that was half made, or that lacks its packages; None of a new one.

    Raises:
        PlaceError: It is a file, or something is in it.
    """
    if root.exists() and not root.is_dir():
        raise PlaceError(f"{str(root)!r} is a file; name a folder that is new, or empty")
    if (known := workspace_at(root)) is not None:
        return known
    # Where somebody learnt before, only their record lies: it is taken over.
    others = [path.name for path in root.iterdir() if path.name != ".dojo"] if root.exists() else []
    if others:
        raise PlaceError(
            f"{str(root)!r} is not empty, it holds {min(others)!r}; name a folder that is new"
        )
    return None


def own_version() -> str:
    """Return the version of this dojo."""
    return metadata.version("ml-dojo")


def language_at(root: Path) -> Language | None:
    """Return the language that a workspace was made in; None if it has none of its own."""
    with contextlib.suppress(PlaceError):
        found = workspace_at(root)
        return None if found is None else found.lang
    return None


def language_here(root: Path) -> Language:
    """Return the language of what is said at a place: as DOJO_LANG, it, or the locale says."""
    asked = os.environ.get("DOJO_LANG")
    if asked and asked in languages(root):
        return asked
    return language_at(root) or _of_the_locale(languages(root))


def spoken(text: str) -> str:
    """Return a text of ours in the language of this place, as far as it is known there."""
    return in_language(text, OWN, language_here(find_root()))


def _of_the_locale(known: list[Language]) -> Language:
    """Return the language of the terminal, `pt_BR` or else `pt`; English if it is none of them."""
    names = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next(filter(None, names), "").partition(".")[0].partition("@")[0]
    return next((one for one in (locale, locale.partition("_")[0]) if one in known), "en")


def write(root: Path, workspace: Workspace) -> None:
    """Write down what is known of a workspace."""
    (root / FILE).parent.mkdir(parents=True, exist_ok=True)
    remove_halves((root / FILE).parent, FILE.name)
    text = json.dumps(workspace.model_dump(), indent=1, sort_keys=True)
    write_whole(root / FILE, text + "\n")


@contextlib.contextmanager
def alone(root: Path) -> Iterator[None]:
    """Keep other commands out of a learner's folder for as long as the block lasts.

    Raises:
        PlaceError: Another one is at work.
        OSError: The folder cannot be written.
    """
    folder = root / FILE.parent
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with filelock.FileLock(folder / "place.lock", timeout=_PATIENCE_S):
            yield
    except filelock.Timeout:
        raise PlaceError(
            f"another dojo is at work in {str(root)!r}; give the command again when it has ended"
        ) from None

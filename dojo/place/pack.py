"""Know what this dojo hands out: from the archive of its wheel, or from its checkout."""

from __future__ import annotations

import contextlib
import json
import posixpath
import re
import sys
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote

from dojo.catalog.kata import CatalogError, Language, Track
from dojo.catalog.pack import PACKS, installed, own_pack, pack_at
from dojo.ground.exits import check_choice
from dojo.ground.paths import PACKAGE_ROOT
from dojo.language import languages, languages_in
from dojo.language.catalogue import STUB, catalogue_file, read_text
from dojo.language.stubs import in_other_words
from dojo.language.words import WordTable
from dojo.place import shape
from dojo.place.carried import ARCHIVE, EDITORS, carried, content_of, is_stub
from dojo.place.state import PlaceError, own_version

if sys.version_info >= (3, 11):
    import tomllib
else:  # pragma: no cover - depends on the interpreter
    import tomli as tomllib

_OF_KATAS = ("katas", "reference")
# A link of a page to a file or a folder beside it: its text, and where it leads.
_LINK = re.compile(r"(?<!!)\[([^\[\]]+)\]\((?![a-z]+:|#|//)([^()\s#]+)(?:#[^()\s]*)?\)")


_TASKS = ".vscode/tasks.json"
_LABELS = WordTable(
    "labels of tasks",
    (
        "dojo: go on",
        "dojo: run this kata",
        "dojo: hint",
        "dojo: compare with the reference",
        "dojo: doctor",
    ),
)


@dataclass(frozen=True)
class Pack:
    """What a workspace is made of.

    Attributes:
        version: Of the dojo that hands it out.
        files: What is in each file, by its path below the workspace.
        yours: The paths of those that are the learner's to change.
    """

    version: str
    files: dict[str, bytes]
    yours: frozenset[str]


def check_track(track: Track | None) -> None:
    """Refuse a track that the dojo's own katas do not have.

    Raises:
        PlaceError: It is one of a pack that is installed.
        Stop: It is nobody's.
    """
    for root in installed():
        with contextlib.suppress(CatalogError):
            pack = pack_at(root)
            if track in pack.tracks and track not in own_pack().tracks:
                raise PlaceError(
                    f"--track is {track!r}, of the pack {pack.name!r}: the katas of packs come"
                    " whole with any track; leave --track out"
                )
    if track is not None:
        check_choice("--track", track, own_pack().tracks)


def read_pack(track: Track | None, lang: Language | None) -> Pack:
    """Return what this dojo hands out.

    Args:
        track: The only track whose katas are wanted; None: all.
        lang: The language of the workspace's own page, and of the stubs; None: English.

    Raises:
        PlaceError: It has no katas with it.
    """
    carried_files = _carried_files()
    by_others = _of_packs()
    tracks = {
        PurePosixPath(name).parts[1]: tomllib.loads(content.decode())["track"]
        for name, content in carried_files.items()
        if name.endswith("/kata.toml")
    }
    wanted = {
        name: content
        for name, content in carried_files.items()
        if track is None or _track_of(name, tracks) in (None, track)
    } | by_others
    version = own_version()
    own = shape.files(version, track, lang or "en")
    yours = (
        {name for name in wanted if is_stub(name)}
        | own.keys()
        | {"conftest.py", *EDITORS} & wanted.keys()
    )
    files = {**wanted, **_stubs_in(lang, wanted), **own}
    if _TASKS in files:
        files[_TASKS] = _labelled(files[_TASKS], lang or "en")
    return Pack(version, _with_links_that_lead(files), frozenset(yours))


def languages_handed_out() -> list[Language]:
    """Return the languages of what this dojo hands out, English first.

    Raises:
        PlaceError: As in `read_pack`.
    """
    found = {*languages(PACKAGE_ROOT), *languages_in(_carried_files())}
    return sorted(found, key=lambda one: (one != "en", one))


def _stubs_in(lang: Language | None, files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the stubs that say what they ask for in a language, as far as it is known."""
    said = {}
    for name in filter(is_stub, files):
        catalogue = files.get(str(catalogue_file(PurePosixPath(name).parent, lang or "en")), b"")
        if catalogue:
            said[name] = in_other_words(files[name], read_text(catalogue.decode(), STUB))
    return said


def _labelled(tasks: bytes, lang: Language) -> bytes:
    """Return the tasks of the editor, called in a language."""
    for english, said in _LABELS[lang].items():
        label = json.dumps(said, ensure_ascii=False).encode()
        tasks = tasks.replace(json.dumps(english).encode(), label)
    return tasks


def _with_links_that_lead(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the files with each link of a page to what is not among them become its text."""
    there = files.keys() | {str(one) for name in files for one in PurePosixPath(name).parents}

    def page(name: str, text: str) -> str:
        def link(found: re.Match[str]) -> str:
            beside = posixpath.join(posixpath.dirname(name), unquote(found[2]))
            return found[0] if posixpath.normpath(beside) in there else found[1]

        return _LINK.sub(link, text)

    return {
        name: page(name, content.decode()).encode() if name.endswith(".md") else content
        for name, content in files.items()
    }


def _carried_files() -> dict[str, bytes]:
    archive = PACKAGE_ROOT / "dojo" / ARCHIVE
    if archive.is_file():
        with zipfile.ZipFile(archive) as opened:
            return {name: opened.read(name) for name in opened.namelist()}
    if (PACKAGE_ROOT / "katas").is_dir():
        return {name: content_of(PACKAGE_ROOT, name) for name in carried(PACKAGE_ROOT)}
    raise PlaceError(
        f"the dojo in {str(PACKAGE_ROOT)!r} has no katas with it: install it again from its wheel"
    )


def _of_packs() -> dict[str, bytes]:
    """Return what is handed out of the packs that are installed: no scenario, no answer."""
    found = {}
    for root in installed():
        with contextlib.suppress(CatalogError):  # whoever works on it is told
            pack = pack_at(root)
            names = [*carried(root), "pyproject.toml"]
            names += [path.relative_to(root).as_posix() for path in pack.code]
            for name in names:
                found[f"{PACKS}/{pack.name}/{name}"] = content_of(root, name)
    return found


def _track_of(name: str, tracks: dict[str, str]) -> str | None:
    parts = PurePosixPath(name).parts
    return tracks.get(parts[1]) if parts[0] in _OF_KATAS and len(parts) > 2 else None

"""List what lies in the folders and files that the instructor named: each a hand-in, or told of.

Who somebody is says the path, never a file inside. Nothing that a person may have handed in is
passed over without a word.
"""

from __future__ import annotations

import dataclasses
import os
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from dojo.catalog.kata import Kata
from dojo.intake.archives import Unreadable, kind_of_archive
from dojo.intake.given_names import (
    Given,
    is_beside_hand_ins,
    is_of_the_system,
    own_name,
    read_plain_name,
    read_platform_name,
    stem_of_archive,
)
from dojo.intake.handed_in import look_into
from dojo.intake.repository import is_bare
from dojo.intake.taking import OF_A_CHECKOUT, near_misses, place_of

# What a checkout has beside the katas, and a folder of a class has not.
_SIGNS = (".git", "conftest.py", "pyproject.toml")


@dataclasses.dataclass(frozen=True)
class Entry:
    """Something that was handed in.

    Attributes:
        path: Where it is.
        given: What its name says.
        is_file: Whether it is a source by itself, not a folder or archive of such.
    """

    path: Path
    given: Given
    is_file: bool = False


@dataclasses.dataclass
class Rest:
    """What became of all that was not handed in to be graded.

    Attributes:
        ungraded: A line on each thing that is perhaps somebody's and cannot be graded.
        left_out: The names of what was passed over for good: systems' files, older attempts.
        told: What else the instructor should know, a line each.
    """

    ungraded: list[str] = dataclasses.field(default_factory=list)
    left_out: list[str] = dataclasses.field(default_factory=list)
    told: list[str] = dataclasses.field(default_factory=list)


def list_entries(path: Path, katas: Sequence[Kata], rest: Rest) -> list[Entry]:
    """List the hand-ins at a path.

    Args:
        path: A folder, checkout, archive or file that exists.
        katas: The catalogue.
        rest: Gets what is left out or cannot be graded.

    Returns:
        One entry for what is one learner's; for a folder of a class one for each thing in it.
    """
    # Not resolved: who names a link means its name.
    name = os.path.basename(os.path.abspath(path))
    if is_of_the_system(name) and not name.startswith("."):
        rest.left_out.append(str(path))
        return []
    if not path.is_dir():
        own, _ = own_name(name, katas)
        if own in _files_of(katas):
            return [Entry(path, Given(_called(path.parent, katas), own=own), is_file=True)]
        return _read_entry(path, katas, rest)
    try:
        inside = sorted(path.iterdir())
    except OSError as error:
        rest.ungraded.append(f"{path}: the folder cannot be read ({error.strerror})")
        return []
    whole = [_whole(path, _called(path, katas), katas)]
    if read_platform_name(name, katas, is_folder=True) or is_bare(path):
        return whole
    before = len(rest.ungraded)
    if _looks_like_one_learners(path, inside, katas):
        has_file = any(os.path.lexists(path / file) for file in _files_of(katas))
        others = _others_in(path, inside, katas, has_file=has_file)
        # One may be what the learner kept of yesterday; a file at the top is nobody's name.
        if len(others) <= has_file:
            rest.ungraded += [
                f"{one}: is a hand-in too, and {path} was taken for one learner's: name the one to"
                " grade"
                for one in others
            ]
            return whole
    entries = [entry for one in inside for entry in _read_entry(one, katas, rest)]
    if not entries and len(rest.ungraded) == before:
        rest.ungraded.append(
            f"{path}: holds no hand-in; each is a folder, archive or file named after its learner"
        )
    return entries


def is_hand_in(path: Path, katas: Sequence[Kata]) -> bool:
    """Say whether something is a hand-in by itself."""
    if is_of_the_system(path.name):
        return False
    try:
        names = look_into(path).names
    except Exception:  # whatever is wrong with it is told where it is graded
        return False
    return any(place_of(kata, names) for kata in katas)


def _files_of(katas: Sequence[Kata]) -> set[str]:
    return {f"{kata.slug}.py" for kata in katas}


def _folders_of(katas: Sequence[Kata]) -> set[str]:
    return {"katas", *(kata.name for kata in katas)}


def _looks_like_one_learners(folder: Path, inside: list[Path], katas: Sequence[Kata]) -> bool:
    """Say whether there is in a folder what a learner has; a learner may be called like that."""
    places = [top / kata.name for kata in katas for top in (folder, folder / "katas")]
    if any(place.is_dir() for place in places):
        return True
    if any(os.path.lexists(folder / name) for name in _files_of(katas)):
        return True
    named = [one for one in inside if not is_of_the_system(one.name)]
    sources = [one for one in named if one.suffix.lower() == ".py"]
    if len(sources) != 1 or not any(near_misses(kata, [sources[0].name]) for kata in katas):
        return False
    return not [entry for one in inside for entry in _read_entry(one, katas, Rest())]


def _others_in(
    folder: Path, inside: list[Path], katas: Sequence[Kata], *, has_file: bool
) -> list[Path]:
    """Return what is a hand-in by itself in what looks like one learner's folder."""
    if any(os.path.lexists(folder / sign) for sign in _SIGNS):
        return []

    def is_somebodys(path: Path) -> bool:
        name = unicodedata.normalize("NFC", path.name)
        if read_platform_name(name, katas, is_folder=path.is_dir()):
            return True
        # Beside retries.py, retries_old.py is the learner's own.
        is_named = not has_file and read_plain_name(name, katas) is not None
        return is_named or is_hand_in(path, katas)

    ours = _folders_of(katas) | _files_of(katas) | OF_A_CHECKOUT
    return [one for one in inside if one.name not in ours and is_somebodys(one)]


def _called(folder: Path, katas: Sequence[Kata]) -> str:
    """Return whose folder it is: not katas/02_retries, but what these are in."""
    path = Path(os.path.abspath(folder))
    if path.name in {kata.name for kata in katas}:
        path = path.parent
    if path.name == "katas" and any((path / kata.name).is_dir() for kata in katas):
        path = path.parent
    return path.name


def _whole(path: Path, name: str, katas: Sequence[Kata]) -> Entry:
    """Return the entry of a folder or archive that is called `name`."""
    name = unicodedata.normalize("NFC", name)
    given = read_platform_name(name, katas, is_folder=path.is_dir())
    return Entry(path, given or Given(stem_of_archive(name) or name))


def _read_entry(path: Path, katas: Sequence[Kata], rest: Rest) -> list[Entry]:
    """Return the entry that a path is; none where it is no hand-in, which `rest` then tells."""
    name = unicodedata.normalize("NFC", path.name)
    if is_of_the_system(name):
        rest.left_out.append(str(path))
        return []
    if path.is_dir() or path.is_symlink() or _is_archive(path):
        return [_whole(path, name, katas)]
    if not path.is_file():
        rest.ungraded.append(f"{path}: is no regular file; hand in a folder or an archive")
        return []
    given = read_platform_name(name, katas, is_folder=False) or read_plain_name(name, katas)
    if given is not None:
        return [Entry(path, given, is_file=True)]
    if is_beside_hand_ins(name):
        rest.left_out.append(str(path))
    elif name.lower().endswith(".py"):
        rest.ungraded.append(
            f"{path}: whose is it? Put it into a folder with the learner's name, or call it after"
            f" learner and kata, such as anna_{katas[0].slug}.py, or name it in a --roster"
        )
    else:
        rest.ungraded.append(f"{path}: is no folder, archive or Python file; hand in one of these")
    return []


def _is_archive(path: Path) -> bool:
    if stem_of_archive(path.name):
        return True
    try:
        return not path.suffix and bool(kind_of_archive(path))
    except Unreadable:
        return False

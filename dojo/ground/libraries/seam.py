"""Name what we use of a library that it does not promise; say in one line when it is gone.

Who replaces or reads such a thing does it through its `Seam`: in no other place stands its name.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import importlib
import sys
from collections.abc import Iterable
from importlib import metadata, util
from typing import Any
from unittest import mock

from dojo.ground.libraries.pins import pinned_version


class SeamMissing(Exception):
    """The installed version of a library lacks what is needed; the message says what to install."""


@dataclasses.dataclass(frozen=True)
class Seam:
    """A private name of a library, or one that is replaced, or told by from where it is called.

    Attributes:
        target: Where it is, as in an entry point: `prefect.task_engine:SyncTaskRunEngine.run`.
        why: What it is for; the rest of a sentence that begins "the name which".
        if_absent: What would be without it; a clause.
    """

    target: str
    why: str
    if_absent: str

    @functools.cached_property
    def module(self) -> str:
        """Return the name of the module that has it."""
        return self.target.partition(":")[0]

    @functools.cached_property
    def library(self) -> str:
        """Return the name of the package that has it."""
        return self.module.partition(".")[0]

    @functools.cached_property
    def path(self) -> list[str]:
        """Return the names that lead to it from its module."""
        return self.target.partition(":")[2].split(".")

    @property
    def name(self) -> str:
        """Return the last of these names: its own."""
        return self.path[-1]

    def owner(self) -> Any:
        """Return what has it as an attribute; imports its module.

        Raises:
            SeamMissing: It is not there.
            ImportError: Neither is its library.
        """
        importlib.import_module(self.library)
        try:
            found: Any = importlib.import_module(self.module)
            for name in self.path[:-1]:
                found = getattr(found, name)
            getattr(found, self.name)
        except (ImportError, AttributeError) as error:
            raise SeamMissing(describe(self)) from error
        return found

    def read(self) -> Any:
        """Return its value; raises what `owner` does."""
        return getattr(self.owner(), self.name)

    def write(self, value: Any) -> None:
        """Set its value, for good; raises what `owner` does."""
        setattr(self.owner(), self.name, value)

    def replaced(self, ours: Any) -> contextlib.AbstractContextManager[Any]:
        """Have another value be there for the length of a block; raises what `owner` does."""
        return mock.patch.object(self.owner(), self.name, ours)

    def peek(self, otherwise: Any = None) -> Any:
        """Return its value, or another one where its module is not imported (or has it not yet)."""
        found: Any = sys.modules.get(self.module)
        for name in self.path:
            found = getattr(found, name, None)
        return otherwise if found is None else found

    def is_there(self) -> bool:
        """Say whether it is there, as far as that can be told without importing anything.

        Of a library that is not imported nothing is known, and nothing asked. Of a module that is
        imported later it is known whether its file is there.
        """
        if self.library not in sys.modules:
            return True
        found: Any = sys.modules.get(self.module)
        if found is None:
            return self._can_be_imported()
        for name in self.path:
            if not hasattr(found, name):
                return False
            found = getattr(found, name)
        return True

    def _can_be_imported(self) -> bool:
        parts = self.module.split(".")
        names = (".".join(parts[:length]) for length in range(1, len(parts) + 1))
        first = next(name for name in names if name not in sys.modules)
        try:
            return util.find_spec(first) is not None
        except (ImportError, ValueError):  # what should be a package is none
            return False


def check(seams: Iterable[Seam]) -> None:
    """Look whether seams are there; imports nothing.

    Raises:
        SeamMissing: One is not: the first.
    """
    for seam in seams:
        if not seam.is_there():
            raise SeamMissing(describe(seam))


def describe(seam: Seam) -> str:
    """Say in one line what is missing, what it was for and what to install."""
    distribution, version = _distribution(seam.library)
    known = pinned_version(distribution)
    with_version = f"with {known}" if known else "with the versions of its constraints.txt"
    return (
        f"{distribution} {version} has no {seam.target.replace(':', '.')}, which {seam.why}:"
        f" without it {seam.if_absent}; this dojo runs {with_version}:"
        f" pip install -c constraints.txt {distribution}"
    )


def _distribution(library: str) -> tuple[str, str]:
    """Return what a package is installed as, and in which version."""
    known = metadata.packages_distributions().get(library, [library])
    name = library if library in known else known[0]
    try:
        return name, metadata.version(name)
    except metadata.PackageNotFoundError:
        return name, "(of an unknown version)"

"""Read which mutants of a kata survive, and why: `reference/NN_slug/mutants.toml`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dojo.catalog.kata import Kata
from dojo.ground.foreign import first_fault

if sys.version_info >= (3, 11):
    import tomllib
else:  # pragma: no cover - depends on the interpreter
    import tomli as tomllib

Judge = Literal["tests", "examination"]
EQUIVALENT = "equivalent: "
_REASON = r"^(equivalent|not examined): \S+ +\S+ +\S"


class CannotRead(Exception):
    """The file is not what it should be; the message is one line."""


class Survivor(BaseModel):
    """One line: a mutant that lives on, and why that is right.

    Attributes:
        id: The mutant's.
        survives: Who accepts it.
        reason: `equivalent: why` where it does what the reference does, as far as the page asks;
            `not examined: why` where the examination cannot see it, and the tests do.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    id: Annotated[str, Field(min_length=1)]
    survives: Annotated[list[Judge], Field(min_length=1)]
    reason: Annotated[str, Field(pattern=_REASON)]

    @property
    def is_equivalent(self) -> bool:
        """Say whether it is as good as the reference."""
        return self.reason.startswith(EQUIVALENT)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    survivor: list[Survivor] = []


def survivors_file(kata: Kata) -> Path:
    """Return the path of a kata's file; there is none where every mutant is killed."""
    return kata.reference_file.with_name("mutants.toml")


def read_survivors(kata: Kata) -> dict[tuple[str, Judge], Survivor]:
    """Return the survivors of a kata by id and judge; none where it has no such file.

    Raises:
        CannotRead: The file is not TOML, has another form, or names one twice for a judge.
    """
    path = survivors_file(kata)
    if not path.exists():
        return {}
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        listed = _File.model_validate(content).survivor
    except ValidationError as error:
        raise CannotRead(first_fault(error)) from None
    except (OSError, ValueError) as error:
        raise CannotRead(str(error)) from None
    found: dict[tuple[str, Judge], Survivor] = {}
    for one in listed:
        for judge in one.survives:
            if (one.id, judge) in found:
                raise CannotRead(f"{one.id!r} is listed twice for {judge!r}")
            if judge == "tests" and not one.is_equivalent:
                raise CannotRead(f"{one.id!r}: 'not examined' is no reason for the tests")
            found[one.id, judge] = one
    return found

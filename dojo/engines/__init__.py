"""Real engines, quick and isolated."""

from __future__ import annotations

import importlib
import re
import sys
from contextlib import ExitStack
from importlib.util import find_spec
from typing import Any

from dojo.catalog.kata import CatalogError, Kata
from dojo.catalog.pack import Pack, own_pack
from dojo.engines.protocol import Engine, Say
from dojo.engines.templates import EngineError
from dojo.engines.waiting import told_if_long
from dojo.ground.libraries.seam import SeamMissing
from dojo.ground.run_folder import Room, said_of_disk

# Those that katas may need, by their names: the dojo's own, and those of the pack at work.
ENGINES: dict[str, Engine] = {}
# What has been imported when one may be at work: the library of the dojo's own, which is called
# like it; of a pack's, which may be called anything, the module that its table names.
_MODULES: dict[str, str] = {}

# No line's end in it: over a file of empty lines a search for `^\s*` goes once a line, for hours.
_INDENTED = r"(?m)^[^\S\n]*"


def register(pack: Pack) -> None:
    """Have the katas of a pack find its engines; its modules can be imported from then on.

    Raises:
        CatalogError: One cannot be imported, or is none.
    """
    if not pack.is_own and str(pack.root) not in sys.path:
        sys.path.append(str(pack.root))
    for name, where in pack.engines.items():
        module, _, attribute = where.partition(":")
        try:
            engine = getattr(importlib.import_module(module), attribute)
        except Exception as error:  # it is anybody's
            said = f"{type(error).__name__}: {error}"
        else:
            if isinstance(engine, Engine):
                ENGINES[name] = engine
                _MODULES[name] = name if pack.is_own else module
                continue
            said = f"it is {type(engine).__name__}, not dojo.kit.Engine"
        raise CatalogError(
            f"{pack.name}: engine {name!r} is {where!r}, which cannot be had: {said}"
        )


def is_imported(name: str) -> bool:
    """Say whether this process has imported what an engine is about."""
    return _MODULES.get(name, name) in sys.modules


def imported() -> list[Engine]:
    """Return the engines of which this process has imported what they are about."""
    return [engine for name, engine in ENGINES.items() if is_imported(name)]


def part_of(engine: Engine, part: str) -> Any:
    """Return what an engine brings for a room above; None if it brings nothing."""
    module, _, attribute = engine.parts.get(part, "").partition(":")
    return getattr(importlib.import_module(module), attribute) if module else None


register(own_pack())


def for_solution(kata: Kata, content: bytes) -> Kata:
    """Return a kata that needs, besides its own engines, those which a solution imports.

    The work of one kata may be run by the engine of another one, if that is installed.
    """
    text = content.decode(errors="replace")
    imported = [
        name
        for name in sorted(ENGINES.keys() - set(kata.needs))
        if re.search(rf"{_INDENTED}(import|from)\s+{name}\b", text) and find_spec(name)
    ]
    return kata.model_copy(update={"needs": [*kata.needs, *imported]}) if imported else kata


def start(name: str, room: Room, say: Say, until: ExitStack) -> str:
    """Start one of ENGINES.

    Args:
        name: Its name there.
        room: Where its files go, and whose janitor ends its processes.
        say: Is told, in one line, why something takes a while.
        until: The end of this stops it.

    Returns:
        Its address; "" if it needs none.

    Raises:
        EngineError: It does not start, is not installed, or lacks what we use of it.
    """
    try:
        with told_if_long(say, f"{name} to start"):
            return until.enter_context(ENGINES[name].running(room, say))
    except SeamMissing as error:
        raise EngineError(str(error)) from None
    except OSError as error:
        raise EngineError(f"{name} cannot start: {said_of_disk(error)}") from error
    except ImportError as error:
        is_own = name in own_pack().engines
        cure = f"dojo install {name}" if is_own else f"python -m pip install {error.name or name}"
        raise EngineError(
            f"{name} cannot be imported ({error}); what its track needs comes with: {cure}"
        ) from error

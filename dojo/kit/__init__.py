"""The public face for authors of packs: what engines, fixtures and examinations are made of.

Each name is loaded when it is first asked for: an engine that is made of `Engine` alone costs a
learner's run nothing else. docs/authors.md tells what each is for; these names stay, or the
changelog says what becomes of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dojo.engines.protocol import Engine as Engine
    from dojo.engines.protocol import Say as Say
    from dojo.engines.seams import check_seams as check_seams
    from dojo.engines.templates import copy_template as copy_template
    from dojo.engines.templates import template as template
    from dojo.exam.databases import LeftDatabase as LeftDatabase
    from dojo.exam.outside_api import Answer as Answer
    from dojo.exam.outside_api import answer as answer
    from dojo.exam.stage import Desk as Desk
    from dojo.exam.stage import Outcome as Outcome
    from dojo.exam.stage import examines as examines
    from dojo.ground.exits import EngineError as EngineError
    from dojo.ground.libraries.seam import Seam as Seam
    from dojo.ground.run_folder import Room as Room
    from dojo.laws.calls import Watch as Watch
    from dojo.laws.rules import LAWS as LAWS
    from dojo.replay.heard.gathered import Gathered as Gathered
    from dojo.replay.heard.gathered import Row as Row
    from dojo.wire.values import frame as frame
    from dojo.world.clock import RetryClock as RetryClock
    from dojo.world.draw import Customers as Customers
    from dojo.world.draw import Draw as Draw
    from dojo.world.files.disk import Fork as Fork
    from dojo.world.files.killed import killed_before_each_move as killed_before_each_move
    from dojo.world.files.tables import first_difference as first_difference
    from dojo.world.files.tables import near as near
    from dojo.world.http.flaky_api import FlakyApi as FlakyApi
    from dojo.world.overlap import Overlap as Overlap

_PLACES = {
    "dojo.engines.protocol": ("Engine", "Say"),
    "dojo.engines.seams": ("check_seams",),
    "dojo.engines.templates": ("copy_template", "template"),
    "dojo.exam.databases": ("LeftDatabase",),
    "dojo.exam.outside_api": ("Answer", "answer"),
    "dojo.exam.stage": ("Desk", "Outcome", "examines"),
    "dojo.ground.exits": ("EngineError",),
    "dojo.ground.libraries.seam": ("Seam",),
    "dojo.ground.run_folder": ("Room",),
    "dojo.laws.calls": ("Watch",),
    "dojo.laws.rules": ("LAWS",),
    "dojo.replay.heard.gathered": ("Gathered", "Row"),
    "dojo.wire.values": ("frame",),
    "dojo.world.clock": ("RetryClock",),
    "dojo.world.draw": ("Customers", "Draw"),
    "dojo.world.files.disk": ("Fork",),
    "dojo.world.files.killed": ("killed_before_each_move",),
    "dojo.world.files.tables": ("first_difference", "near"),
    "dojo.world.http.flaky_api": ("FlakyApi",),
    "dojo.world.overlap": ("Overlap",),
}
_PLACE_OF = {name: place for place, names in _PLACES.items() for name in names}

__all__ = list(_PLACE_OF)


def __getattr__(name: str) -> Any:
    if name not in _PLACE_OF:
        raise AttributeError(f"dojo.kit has no {name!r}; docs/authors.md lists what it has")
    return getattr(import_module(_PLACE_OF[name]), name)


def __dir__() -> list[str]:
    return sorted(_PLACE_OF)

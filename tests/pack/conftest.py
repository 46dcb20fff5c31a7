"""The pack is a repository of its own: pytest here finds none of its tests."""

from __future__ import annotations

import sys

import pytest

import dojo.engines
from dojo.engines import ENGINES

collect_ignore = ["json_katas", "attack_reads_the_pack.py"]


@pytest.fixture(autouse=True)
def engines_are_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the engines that a test has registered: later ones would be told of them."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(dojo.engines, "ENGINES", ENGINES.copy())
    monkeypatch.setattr(dojo.engines, "_MODULES", dojo.engines._MODULES.copy())

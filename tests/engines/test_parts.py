"""What an engine of a pack brings is used, whatever the engine is called."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

import dojo.engines
from dojo.catalog.pack import pack_at
from dojo.engines import ENGINES, imported, is_imported, part_of, register

_ENGINE = """
from dojo.kit import Engine

ENGINE = Engine(parts={"heard": "odd_heard:heard"})
"""
_TABLE = """
[tool.dojo.pack]
format = 1
name = "odd"

[tool.dojo.pack.tracks]
odd = "Odd"

[tool.dojo.pack.engines]
even = "odd_engine:ENGINE"
"""


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a pack whose engine is not called like its module."""
    for name, text in {
        "pyproject.toml": _TABLE,
        "odd_engine.py": _ENGINE,
        "odd_heard.py": "def heard(gathered, folder): ...\n",
    }.items():
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "modules", {**sys.modules})
    monkeypatch.setattr(dojo.engines, "ENGINES", ENGINES.copy())
    monkeypatch.setattr(dojo.engines, "_MODULES", dojo.engines._MODULES.copy())
    importlib.invalidate_caches()
    return tmp_path


def test_engine_that_is_called_unlike_its_module_brings_its_parts(pack: Path) -> None:
    register(pack_at(pack))
    engine = dojo.engines.ENGINES["even"]

    assert "even" not in sys.modules
    assert [one for one in imported() if one is engine] == [engine]
    assert part_of(engine, "heard").__module__ == "odd_heard"


def test_engine_of_the_dojo_is_there_with_its_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "dagster", raising=False)
    assert not is_imported("dagster")

    monkeypatch.setitem(sys.modules, "dagster", sys)
    assert is_imported("dagster")

"""The pictures of the companion are what it shows now; that the runs are, tests/ui looks at."""

from __future__ import annotations

import runpy

import pytest

from dojo.ground.paths import PACKAGE_ROOT

MAKER = runpy.run_path(str(PACKAGE_ROOT / "docs" / "make_companion.py"))


@pytest.fixture(scope="module")
def drawn() -> dict[str, str]:
    return MAKER["drawn"](MAKER["kept"]())


def test_pictures_show_what_the_companion_shows(drawn: dict[str, str]) -> None:
    kept = {path.name: path.read_text("utf-8") for path in MAKER["SCREENS"].glob("companion*.svg")}
    assert kept == drawn, "run: python docs/make_companion.py"


def test_readers_of_both_languages_see_them(drawn: dict[str, str]) -> None:
    for ending in ("", ".fr"):
        page = (PACKAGE_ROOT / f"README{ending}.md").read_text(encoding="utf-8")
        for name in (f"companion{ending}.svg", f"companion-list{ending}.svg"):
            assert name in drawn
            assert f"](docs/screens/{name})" in page

"""The replays of README and start page are drawn of what is kept, of the attempts there are."""

from __future__ import annotations

import runpy
from typing import Any

import pytest

from dojo.ground.paths import PACKAGE_ROOT

MAKER = runpy.run_path(str(PACKAGE_ROOT / "docs" / "make_replay_picture.py"))
COMMAND = "python docs/make_replay_picture.py"


@pytest.mark.parametrize("kata", MAKER["KATAS"], ids=lambda kata: kata.id)
def test_what_was_recorded_is_of_the_attempt(kata: Any) -> None:
    replay = MAKER["kept"]()[f"{kata.number:02d}"]

    assert replay.mine.solution == MAKER["digest_of"](kata), COMMAND
    assert replay.differences


def test_each_picture_is_what_is_drawn_of_it() -> None:
    for path, picture in MAKER["pictures"]().items():
        assert path.read_text(encoding="utf-8") == picture, COMMAND


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("README", ("docs/replay.svg", "docs/replay-page.svg")),
        ("docs/start", ("start-replay.svg",)),
    ],
)
def test_readers_of_both_languages_see_them(page: str, names: tuple[str, ...]) -> None:
    for ending in MAKER["ENDINGS"].values():
        text = (PACKAGE_ROOT / f"{page}{ending}.md").read_text(encoding="utf-8")
        own = [name.replace(".svg", f"{ending}.svg") for name in names]
        assert [name for name in own if f"]({name})" not in text] == []

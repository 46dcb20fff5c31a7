"""Know where a moment, a name and a sign stand in a picture, wide or narrow."""

from __future__ import annotations

import dataclasses

from dojo.replay.timeline import ticks

# A picture that stands beside text, or on a phone, has less room for signs of the same size.
WIDE, NARROW = 960, 560
FITS = 7.0  # a sign's width


@dataclasses.dataclass(frozen=True)
class Scale:
    """Where a moment is, between the names on the left and the ends on the right.

    Attributes:
        width: Of the picture, in pixels; so are all places.
        length_s: What it shows, in seconds.
        hatch: What a skipped wait is filled with.
    """

    width: int
    length_s: float
    hatch: str

    @property
    def left(self) -> float:
        """Return where the names end."""
        return 220.0 if self.width >= WIDE else 170.0

    @property
    def right(self) -> float:
        """Return where what a run ended as begins."""
        return self.width - (118.0 if self.width >= WIDE else 96.0)

    @property
    def ticks(self) -> list[float]:
        """Return the seconds that the axis names."""
        return ticks(self.length_s, 5 if self.width >= WIDE else 3)

    def at(self, seconds: float) -> float:
        """Return where a moment is."""
        chart = self.right - 12 - self.left
        return self.left + (chart * seconds / self.length_s if self.length_s else 0.0)

    def name(self, name: str, depth: int) -> str:
        """Return what there is room for of a name, so many runs deep."""
        return cut(name, int((self.left - 38) / FITS) - 2 * depth)

    def heading(self, name: str) -> str:
        """Return what there is room for of a name beside the scale."""
        return cut(name, int((self.left - 8) / 6.2))

    def end(self, name: str) -> str:
        """Return what there is room for of how a run ended."""
        return cut(name, int((self.width - self.right) / FITS))


def cut(text: str, most: int) -> str:
    """Return a text of so many signs at most."""
    return text if len(text) <= most else f"{text[: most - 1]}…"

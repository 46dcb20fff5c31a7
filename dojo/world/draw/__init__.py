"""Draw untamed data from a seed: what tests and examinations give to a solution.

Everything is as untidy as production by default. Whoever needs something tame names the quality:
`draw.customers(40, tame=[BLANKS])`. Here is no pytest: an examination draws from its own seed.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable
from typing import Any

from dojo.world.draw import qualities as q
from dojo.world.draw.answers import (
    HEALS,
    HOPELESS,
    Reply,
    draw_errors,
    draw_not_customers,
    draw_url,
)
from dojo.world.draw.customers import NUMBERS, Customers, draw_customers
from dojo.world.draw.texts import draw_texts
from dojo.world.draw.values import draw_names, draw_other_settings, draw_settings, draw_times

__all__ = ["HEALS", "HOPELESS", "Customers", "Draw", "Reply"]


class Draw:
    """Hands out untamed data: the same for the same seed and the same calls in the same order."""

    def __init__(self, seed: int | str, tame: Iterable[str] = ()) -> None:
        """Start.

        Args:
            seed: The seed.
            tame: Qualities that nothing it hands out will have; names of `qualities`.
        """
        self.seed = seed
        self.tame = q.known(tame)
        self.given: set[str] = set()
        self._calls = 0

    def afresh(self, tame: Iterable[str] = ()) -> Draw:
        """Return a draw that hands out the same again, but without some more qualities."""
        return Draw(self.seed, self.tame | q.known(tame))

    def customers(
        self,
        count: int = 40,
        *,
        tame: Iterable[str] = (),
        also: Iterable[str] = (),
        blank: Iterable[str] = (*NUMBERS, "contract"),
        alike: Iterable[str] = NUMBERS,
        churned: bool = True,
    ) -> Customers:
        """Draw customers: a list of dicts, which also makes a frame or a CSV file of itself.

        Args:
            count: How many.
            tame: Qualities of `qualities.CUSTOMERS` that they must not have.
            also: Qualities of `qualities.SHAPES` that they shall have.
            blank: The columns that may have blanks.
            alike: With ALL_ALIKE: the columns that have one value for all rows.
            churned: Whether they have that column.

        Returns:
            The customers. Their columns are those of `make_customers`, and maybe `note`.
        """
        shapes = q.known(also, q.SHAPES)
        on = self._on((*q.CUSTOMERS, *shapes), q.known(tame, q.CUSTOMERS))
        return draw_customers(self._streams(), on, count, tuple(blank), tuple(alike), churned)

    def errors(
        self, statuses: Iterable[int] = (*HEALS, *HOPELESS), *, tame: Iterable[str] = ()
    ) -> list[Reply]:
        """Draw failing answers of the API, one of each kind of body."""
        on = self._on(q.ANSWERS, q.known(tame, q.ANSWERS))
        return draw_errors(self._streams(), on, tuple(statuses))

    def not_customers(self, *, tame: Iterable[str] = ()) -> list[Reply]:
        """Draw answers of the status 200 that are no list of customers."""
        on = self._on(q.ANSWERS, q.known(tame, q.ANSWERS))
        return draw_not_customers(self._streams(), on)

    def url(self, base: str) -> str:
        """Draw an address below another one."""
        return draw_url(self._streams(), self._on(q.ANSWERS), base)

    def settings(self) -> dict[str, Any]:
        """Draw settings: a dict with lists, dicts and long values in it, as JSON has them."""
        return draw_settings(self._streams())

    def other_settings(
        self, settings: dict[str, Any], *, tame: Iterable[str] = ()
    ) -> dict[str, dict[str, Any]]:
        """Return settings that differ from those of `settings()`, by the quality of the change."""
        on = self._on(q.SETTINGS, q.known(tame, q.SETTINGS))
        return draw_other_settings(self._streams(), on, settings)

    def names(self, *, signs: str = r"[\s\S]", tame: Iterable[str] = ()) -> dict[str, str]:
        """Return names by their quality; `signs` is a pattern that each sign must match."""
        on = self._on(q.NAMES, q.known(tame, q.NAMES))
        return draw_names(self._streams(), on, signs)

    def texts(self, *, limit: int | None = None, tame: Iterable[str] = ()) -> dict[str, str]:
        """Return texts by their quality; with a limit of characters, also some on both sides."""
        on = self._on(q.TEXTS, q.known(tame, q.TEXTS))
        return draw_texts(self._streams(), on, limit)

    def times(self, *, tame: Iterable[str] = ()) -> dict[str, dt.datetime]:
        """Return moments in UTC by their quality."""
        return draw_times(self._streams(), self._on(q.TIMES, q.known(tame, q.TIMES)))

    def _on(self, qualities: Iterable[str], tame: frozenset[str] = frozenset()) -> frozenset[str]:
        on = frozenset(qualities) - tame - self.tame
        self.given |= on
        return on

    def _streams(self) -> Any:
        """Give each quality of this call its own random numbers: none changes another's."""
        self._calls += 1
        call, streams = self._calls, dict[str, random.Random]()

        def stream(name: str) -> random.Random:
            if name not in streams:
                streams[name] = random.Random(f"{self.seed}/{call}/{name}")
            return streams[name]

        return stream

"""Know what a call was given, and say what it has changed of that."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable
from typing import Any

from dojo.laws.photo.change import Change, difference
from dojo.laws.photo.values import photograph
from dojo.laws.rules import Ledger


class Given:
    """What a call was given, as it was before."""

    def __init__(
        self,
        name: str,
        signature_of: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> None:
        """Keep what the arguments hold.

        Args:
            name: The function's name, for people.
            signature_of: What says how its arguments are called.
            args: Its arguments.
            kwargs: Those by name.
        """
        try:
            named = inspect.signature(signature_of).bind_partial(*args, **kwargs).arguments
        except (TypeError, ValueError):  # the call will say so itself
            places = {f"argument {place}": one for place, one in enumerate(args, start=1)}
            named = {**places, **kwargs}
        self._now = {key: one for key, one in named.items() if key not in ("self", "cls")}
        self._before: dict[str, Any] = {}
        for argument, one in self._now.items():
            with contextlib.suppress(Exception):  # a thread may be writing into it meanwhile
                self._before[argument] = photograph(one)
        self.shown = f"{name}({', '.join(self._now)})"

    def note_changes(self, ledger: Ledger) -> None:
        """Note the arguments that are not as before."""
        for name, photo in self._before.items():
            change = _change_since(photo, self._now[name])
            if change is not None and not ledger.may_change(name):
                where = f"{name}{change.place} {change.said}"
                ledger.note("arguments", f"{self.shown} changed its argument {name!r}: {where}.")


def _change_since(photo: Any, now: Any) -> Change | None:
    """Say how a value differs from its photograph, or that nobody can read it any more."""
    try:
        return difference(photo, photograph(now))
    except RuntimeError:  # a container grew meanwhile: the call that writes into it will tell
        return None
    except Exception as error:  # two threads that wrote into one frame leave it in pieces
        return Change("", f"could be read, and now that raises {type(error).__name__}")

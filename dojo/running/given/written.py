"""Keep all that is written down while a solution works, and find a secret in it.

Every logger is heard, from DEBUG on, wherever its records go. Libraries that write each address at
DEBUG are heard from INFO on: nobody runs them at DEBUG for weeks.
"""

from __future__ import annotations

import base64
import contextlib
import logging
import re
import urllib.parse
from collections.abc import Iterator
from unittest import mock

_HEARD = {
    # httpx has no level of its own. Here it has: who silences it has something to put back.
    **dict.fromkeys(("httpx", "urllib3", "requests", "httpcore", "apprise", "hpack"), logging.INFO),
    # Prefect has its own logger, above these two, at INFO.
    **dict.fromkeys(("", "prefect.flow_runs", "prefect.task_runs"), logging.DEBUG),
}


class Written:
    """What was logged, line by line, with tracebacks."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._lines: list[str] = []

    @property
    def text(self) -> str:
        """Return all of it."""
        return "\n".join(self._lines)

    def part_of(self, address: str, text: str) -> str:
        """Return what a text has of a secret address; see `part_of` of this module."""
        return part_of(address, text)

    @contextlib.contextmanager
    def hearing(self) -> Iterator[None]:
        """Hear each logger for the length of a block; its own handlers hear what they did."""
        before = {name: logging.getLogger(name).level for name in _HEARD}
        real = logging.Logger.callHandlers
        formatter = logging.Formatter("%(name)s %(levelname)s %(message)s")

        def call_handlers(logger: logging.Logger, record: logging.LogRecord) -> None:
            with contextlib.suppress(Exception):  # logging never raises where something is logged
                self._lines.append(formatter.format(record))
            if record.levelno >= _level(logger, before):
                real(logger, record)

        for name, level in _HEARD.items():
            logging.getLogger(name).setLevel(max(level, before[name]) if name else level)
        try:
            with mock.patch.object(logging.Logger, "callHandlers", call_handlers):
                yield
        finally:
            for name, level in before.items():
                logging.getLogger(name).setLevel(level)


def _level(logger: logging.Logger | None, before: dict[str, int]) -> int:
    """Return the level that a logger would have had."""
    while logger is not None:
        level = before.get("" if logger is logging.root else logger.name, logger.level)
        if level:
            return level
        logger = logger.parent
    return logging.NOTSET


def part_of(address: str, text: str) -> str:
    """Find a part of a secret address beyond its host in a text.

    Args:
        address: The whole address.
        text: Perhaps it has four characters in a row of one of the secret parts of the path, or of
            what stands behind a question mark, also in capitals or backwards; or eight of the
            address in base64 or in hexadecimal digits.

    Returns:
        What the text has of it; empty if it has nothing.
    """
    there = urllib.parse.urlsplit(address)
    parts = [one for one in re.split("[/&=]", f"{there.path}/{there.query}") if _is_secret(one)]
    secrets = {one: 8 if one.isdigit() else 4 for one in parts}  # any time of day has four digits
    secrets |= {one[::-1]: 4 for one in parts[-1:]} | {one.upper(): 4 for one in parts[-1:]}
    whole = address.encode()
    # Where it begins in a longer text decides how base64 writes it.
    encoded = [base64.b64encode(whole[skip:]).decode().rstrip("=")[-16:-2] for skip in range(3)]
    secrets |= dict.fromkeys([*encoded, whole.hex()[-24:]], 8)
    pieces = (
        one[start : start + size]
        for one, size in secrets.items()
        for start in range(len(one) - size + 1)
    )
    return next((piece for piece in pieces if piece in text), "")


def _is_secret(part: str) -> bool:
    """Say whether a part of a path is no word of the service, such as `services`."""
    return not part.isalpha() and len(part) > 3

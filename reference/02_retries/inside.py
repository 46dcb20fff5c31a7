"""What the examination of 02_retries has run inside: each gets the submission, and calls it."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any
from unittest import mock

from dojo.inside import connections


def unreached(solution: Any, _: Path, port: int, name: str, url: str) -> Any:
    """Call an entry point whose first connection is refused, and whose second is not taken.

    Args:
        solution: The submission.
        _: Where it may write.
        port: The API's.
        name: The entry point.
        url: The API's address.

    Returns:
        What it returned.
    """
    with connections.broken(port):
        return getattr(solution, name)(url)


def in_luck(solution: Any, _: Path, is_most: bool, name: str, url: str) -> Any:
    """Call an entry point while `random.uniform` draws the most it may, or the least.

    Args:
        solution: The submission.
        _: Where it may write.
        is_most: Whether it is the most.
        name: The entry point.
        url: The API's address.

    Returns:
        What it returned.
    """
    with mock.patch.object(random, "uniform", lambda least, most: most if is_most else least):
        return getattr(solution, name)(url)

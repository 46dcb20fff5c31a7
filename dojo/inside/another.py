"""Have the submission's process be another one for a while: other numbers of `hash`, another zone.

For the `inside.py` of katas where no second process is started.
"""

from __future__ import annotations

import builtins
import contextlib
import os
import sys
import time
from collections.abc import Iterator
from unittest import mock


@contextlib.contextmanager
def another_salt() -> Iterator[None]:
    """Have `hash` give other numbers, as each process has its own; dicts and sets keep theirs.

    So does what is in them: an `__hash__` in Python, such as an Enum's, is asked by them alone.
    """
    here = builtins.hash

    def salted(value: object) -> int:
        is_asked_by_a_dict = sys._getframe(1).f_code.co_name == "__hash__"
        return here(value if is_asked_by_a_dict else ("in another process", value))

    with mock.patch.object(builtins, "hash", salted):
        yield


@contextlib.contextmanager
def machine_in(zone: str) -> Iterator[None]:
    """Have the machine stand in a time zone."""
    try:
        with mock.patch.dict(os.environ, TZ=zone):
            time.tzset()
            yield
    finally:
        time.tzset()

"""Have the submission's process be another one for a while: other numbers of `hash`, another zone.

For the `inside.py` of katas where no second process is started.
"""

from __future__ import annotations

import builtins
import contextlib
import os
import time
from collections.abc import Iterator
from unittest import mock


@contextlib.contextmanager
def another_salt() -> Iterator[None]:
    """Have `hash` give other numbers, as each process has its own; dicts and sets keep theirs."""
    here = builtins.hash
    with mock.patch.object(builtins, "hash", lambda value: here(("in another process", value))):
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

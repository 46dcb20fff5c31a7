"""Wait for what other processes do, and find those that a test has started."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path


def eventually(condition: Callable[[], object]) -> bool:
    """Wait, generously, for what another process will do; return whether it did."""
    deadline = time.monotonic() + 300  # an idle machine takes a tenth of it for the longest
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def processes_with(variable: str) -> list[str]:
    """Return the processes on Linux that have inherited an environment variable, `NAME=value`."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if variable.encode() in (entry / "environ").read_bytes():
                found.append(entry.name)
    return found

"""Say what a process that holds a submission is to be."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from dojo.wire.line import Line


@dataclasses.dataclass(frozen=True)
class Job:
    """What a process is to be.

    Attributes:
        kind: `examine`, `run_apart`, `test` or `probe`.
        room: The sandbox's folder: `given` is read-only, `work`, `tmp` and `home` are its own.
        api_url: The Prefect server of the sandbox; empty without.
        told: What else the supervisor says, by kind.
        line: The line to the supervisor.
    """

    kind: str
    room: Path
    api_url: str
    told: dict[str, Any]
    line: Line

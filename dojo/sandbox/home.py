"""Give the process that holds a submission a home of its own, before it imports it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def enter_home(room: Path, token: str) -> None:
    """Have an empty environment, a home, a temporary folder and no standard streams.

    Args:
        room: The sandbox's folder.
        token: Names this process's part of it: none finds what another has left.
    """
    for name in ("work", "tmp", "home"):
        (room / name / token).mkdir(exist_ok=True)
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.startswith(("PREFECT_", "MLFLOW_"))
        or name in ("DAGSTER_DISABLE_TELEMETRY", "DO_NOT_TRACK", "DOJO_CACHE")
    }
    os.environ.clear()
    home = str(room / "home" / token)
    os.environ.update(
        kept,
        PATH="/usr/bin:/bin",
        HOME=home,
        USERPROFILE=home,
        USER="learner",
        LOGNAME="learner",
        LANG="C.UTF-8",
        TMPDIR=str(room / "tmp" / token),
        PREFECT_HOME=f"{home}/.prefect",
    )
    tempfile.tempdir = str(room / "tmp" / token)
    os.chdir(room / "work" / token)
    nothing = os.open(os.devnull, os.O_RDONLY)
    output = os.open(
        room / "tmp" / token / "output.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600
    )
    for source, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(source, target)

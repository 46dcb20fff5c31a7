"""Try the walls before anything is graded: what cannot be shown to hold is not trusted."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from dojo.sandbox.client import GuardFault
from dojo.sandbox.parent_client import Parent
from dojo.sandbox.walls import SandboxError
from dojo.wire.line import LineBroken, LineClosed


def try_walls(parent: Parent) -> None:
    """Have a process inside try what must not be possible, and look from outside as well.

    Args:
        parent: The warm parent, at the level that was asked for.

    Raises:
        SandboxError: Something was possible; the message names it.
        GuardFault: The probe did not report.
    """
    with tempfile.TemporaryDirectory(dir=parent.room.path) as folder:
        secret, target = Path(folder) / "secret.txt", Path(folder) / "target.txt"
        secret.write_text(secrets.token_hex(8), encoding="ascii")
        target.write_text("untouched", encoding="ascii")
        name = f"DOJO_PROBE_{secrets.token_hex(4)}"
        os.environ[name] = "secret"
        listener = socket.create_server(("127.0.0.1", 0))
        by_path = socket.socket(socket.AF_UNIX)
        with contextlib.suppress(OSError):  # a path that is too long for a socket: there is none
            by_path.bind(f"{folder}/socket")
            by_path.listen()
        try:
            possible = _probe(
                parent,
                {
                    "secret": str(secret),
                    "target": str(target),
                    "reference": str(parent.root / "reference"),
                    "listener": listener.getsockname()[1],
                    "socket": f"{folder}/socket",
                    "victim": os.getpid(),
                    "secret_name": name,
                    "memory_mb": parent.limits.memory_mb,
                },
            )
            listener.settimeout(0)
            if _was_reached(listener):
                possible["reach a server of the host"] = "its connection came in"
            if target.read_text(encoding="ascii") != "untouched":
                possible["write a file outside"] = "it is changed"
        finally:
            listener.close()
            by_path.close()
            del os.environ[name]
    if possible:
        raise SandboxError(told_of(parent.level, possible))


def told_of(level: str, possible: Mapping[str, str]) -> str:
    """Return what is told of walls that do not hold: what was possible, and how it was seen."""
    told = "; ".join(f"{what}: {seen}" for what, seen in possible.items())
    return (
        f"nothing was graded, the sandbox at level {level!r} does not hold;"
        f" a submission could: {told}"
    )


def _probe(parent: Parent, told: dict[str, object]) -> dict[str, str]:
    with parent.sandbox(lambda _: None) as sandbox:
        places = {name: str(sandbox.folder / name) for name in ("given", "engine")}
        line = sandbox.start("probe", {**told, **places})
        try:
            message = line.receive(time.monotonic() + 60)
        except (LineClosed, LineBroken, TimeoutError) as error:
            raise sandbox.fault(f"the sandbox's self-test did not report ({error})") from None
        finally:
            sandbox.end()
            line.close()
    possible = message.get("probed")
    if not isinstance(possible, dict):
        raise GuardFault("the sandbox's self-test did not report")
    return possible


def _was_reached(listener: socket.socket) -> bool:
    try:
        listener.accept()[0].close()
    except OSError:
        return False
    return True

"""Have this process take itself for one of another machine, of another user, or of few cores."""

from __future__ import annotations

import contextlib
import os
import platform
import random
import socket
import sys
import threading
import uuid
from collections.abc import Iterator
from typing import Any
from unittest import mock

_USER, _OTHER = 4711, 4712
_NUMBERED = ((os, "getpid"), (threading, "get_native_id"), (threading, "get_ident"))


# As this process began: nobody has taken it away since.
HAS_FORK = hasattr(os, "fork")


class NoFork(Exception):
    """What is to be made in a fork cannot be made here: this system has none."""


def become_another_machine(name: str) -> None:
    """Have all who ask from now on be told the name of another machine: for a fork, for ever."""
    node = sum(name.encode())
    told: list[tuple[Any, str, Any]] = [
        (socket, "gethostname", lambda: name),
        (socket, "getfqdn", lambda asked="": asked or name),
        (platform, "node", lambda: name),
        (uuid, "getnode", lambda: node),
    ]
    if hasattr(os, "uname"):
        here = os.uname()
        other = os.uname_result((here[0], name, *here[2:]))
        told.append((os, "uname", lambda: other))
    for owner, attribute, answer in told:
        setattr(owner, attribute, answer)


def become_alike(name: str, is_container: bool) -> None:
    """Have a fork draw from the shared random generators what each one does of which this is asked.

    Args:
        name: Of the machine that it takes itself to be on.
        is_container: Its processes and threads have the numbers that they have in each.
    """
    become_another_machine(name)
    for owner, number in _NUMBERED if is_container else ():
        setattr(owner, number, lambda: 7)
    random.seed(42)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(42)


def become_another_user(name: str) -> None:
    """Have all who ask from now on be told another user; what the process may do stays."""
    os.environ.update(USER=name, LOGNAME=name, LNAME=name, USERNAME=name)
    numbers = [one for one in ("getuid", "geteuid", "getgid", "getegid") if hasattr(os, one)]
    answers: dict[str, Any] = dict.fromkeys(numbers, _USER if _is_other(_USER) else _OTHER)
    for attribute, answer in {**answers, "getlogin": name}.items():
        setattr(os, attribute, lambda answer=answer: answer)


def _is_other(number: int) -> bool:
    return not hasattr(os, "getuid") or os.getuid() != number


@contextlib.contextmanager
def of_one_core() -> Iterator[None]:
    """Have whoever counts the cores of this machine find one, for the length of a block.

    So is many a pod. `multiprocessing` and joblib count by asking these.
    """
    told: dict[str, Any] = dict.fromkeys(("cpu_count", "process_cpu_count"), lambda: 1)
    told["sched_getaffinity"] = lambda _pid: {0}
    with contextlib.ExitStack() as stack:
        for attribute, answer in told.items():
            if hasattr(os, attribute):
                stack.enter_context(mock.patch.object(os, attribute, answer))
        yield

"""In a parent that has prepared what its forks need: fork one process a request.

The other side is `fork_client`. Its line takes packets: one is one request, with an end of a new
line on which the fork, and nobody else, answers. So whoever shares the client's end may ask.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
from collections.abc import Callable
from typing import Any

from dojo.ground.run_folder import Forked, Room
from dojo.wire.line import Line, LineClosed

Begin = Callable[[dict[str, Any], Line], Callable[[], object]]


def take_line(descriptor: str) -> Line:
    """Take over the end of the line that this process was started with."""
    # It was handed down, so it is open in every program that this process starts: not from here on.
    os.set_inheritable(int(descriptor), False)
    return Line(socket.socket(fileno=int(descriptor)))


def serve(
    line: Line,
    begin: Begin,
    room: Room | None,
    *,
    faults: tuple[type[Exception], ...] = (),
    tells_end: bool = False,
) -> None:
    """Fork a process for each request until the client hangs up; then kill those that are left.

    Args:
        line: The line to the client, which is told first that this process is ready.
        begin: Is given a request, and the fork's line. Does what all later forks have too, and
            returns what this fork is to do.
        room: Whose janitor ends the process groups of the forks; None: they stay in this one.
        faults: What `begin` may raise: the client is told, and this process goes on.
        tells_end: Whether the client is told with what code a fork has ended, on the fork's line.
    """
    forks: dict[int, tuple[Forked, Line]] = {}
    # Not epoll: a fork would share its set, and take out of it what the parent waits for.
    poll = select.poll()
    poll.register(line, select.POLLIN)

    def start(request: dict[str, Any], end: Line) -> None:
        try:
            main = begin(request, end)
        except faults as error:
            with contextlib.suppress(LineClosed):
                end.send({"fault": str(error)})
            end.close()
            return

        def be() -> None:
            # Open here, they would hide from the client that the parent or another fork has ended.
            line.close()
            for pidfd, (_, others_end) in forks.items():
                os.close(pidfd)
                others_end.close()
            try:
                end.send({"forked": os.getpid()})  # first of all, so here: the parent might be late
            except LineClosed:
                return  # nobody waits for it: this process was only to prepare
            main()

        process = Forked(be, room)
        if not tells_end:
            end.close()  # at once: the line ends with the fork, also while this process prepares
        pidfd = os.pidfd_open(process.pid)  # it is there until it is buried below
        forks[pidfd] = process, end
        poll.register(pidfd, select.POLLIN)

    def bury(pidfd: int) -> None:
        process, end = forks.pop(pidfd)
        poll.unregister(pidfd)
        os.close(pidfd)
        process.kill()  # and what it has left in its group
        if tells_end:
            with contextlib.suppress(LineClosed):
                end.send({"ended": process.returncode})
            end.close()

    with contextlib.suppress(LineClosed):
        line.send({"ready": os.getpid()})
    try:
        while True:
            for descriptor, _ in poll.poll():
                if descriptor in forks:
                    bury(descriptor)
                    continue
                try:
                    request, (end, *_) = line.receive_with_fds()
                except LineClosed:
                    return
                start(request, Line(socket.socket(fileno=end)))
    finally:
        for process, _ in forks.values():
            process.kill()

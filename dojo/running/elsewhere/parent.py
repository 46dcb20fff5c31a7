"""Be the second parent: import once what calls need, then fork one process a call.

It has its client's line, ends when nobody has the other end of that, and is killed with its
forks then. Where there is no fork it makes the one call that its standard input holds.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import inspect
import os
import pickle
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from dojo.catalog.pack import pack_at
from dojo.engines import ENGINES, register
from dojo.ground.endings import of_exception
from dojo.ground.run_folder import freeze
from dojo.running.solution import SolutionFault, load_solution
from dojo.wire.fork_server import serve, take_line
from dojo.wire.line import Line
from dojo.world.clock import SOLUTION_MODULE_ELSEWHERE
from dojo.world.files.machine import become_another_machine, become_another_user
from dojo.world.locales import leave_utf8
from dojo.world.network import loopback_only
from dojo.world.time_of_day import moved

ZONES = ("Pacific/Auckland", "America/St_Johns")
MACHINE, USER = "worker-7", "somebody"


def make_call(asked: dict[str, Any]) -> dict[str, Any]:
    """Make one call; return what came of it, as data.

    Args:
        asked: `path`, the solution's file; `name` of the entry point, its `args` and `kwargs`;
            `environment`, that of the test; `addresses` of engines by name, and `results`, their
            folder; `pack`, the root of the katas;
            `later_s`, how much later it is for the solution.
    """
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.environ["TZ"] = next(zone for zone in ZONES if zone != os.environ.get("TZ"))
    if hasattr(time, "tzset"):
        time.tzset()
    leave_utf8()
    tempfile.tempdir = None
    become_another_machine(MACHINE)
    become_another_user(USER)
    folder = tempfile.mkdtemp(prefix="elsewhere-")
    os.chdir(folder)
    try:
        with loopback_only(), _engines(asked):
            return _outcome(asked)
    finally:
        os.chdir(os.path.dirname(folder))
        shutil.rmtree(folder, ignore_errors=True)


def _outcome(asked: dict[str, Any]) -> dict[str, Any]:
    try:
        subject = load_solution(
            Path(asked["path"]), optimized=True, module_name=SOLUTION_MODULE_ELSEWHERE
        )
        entry_point = getattr(subject, asked["name"])
        later_s = asked["later_s"]
        with (
            moved(SOLUTION_MODULE_ELSEWHERE, lambda: later_s)
            if later_s
            else contextlib.nullcontext()
        ):
            value = entry_point(*asked["args"], **asked["kwargs"])
            if inspect.isawaitable(value):
                value = asyncio.run(_await(value))
        try:
            return {"pickled": pickle.dumps(value)}
        except Exception as error:
            return {"unsendable": f"a {type(value).__name__} ({error})"}
    except SolutionFault as fault:
        return {"fault": fault.message, "cause": fault.cause, "ending": fault.ending}
    except BaseException as error:
        lines = traceback.extract_tb(error.__traceback__)
        where = [one for one in lines if one.filename == asked["path"]]
        line = f" (line {where[-1].lineno}: {where[-1].line})" if where else ""
        ending = of_exception(error)
        return {"raised": type(error).__name__, "text": f"{error}{line}", "ending": ending}


async def _await(value: Any) -> Any:
    return await value


@contextlib.contextmanager
def _engines(asked: dict[str, Any]) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        if not asked["addresses"].keys() <= ENGINES.keys():
            register(pack_at(Path(asked["pack"])))
        for name, address in asked["addresses"].items():
            if name in sys.modules:
                stack.enter_context(ENGINES[name].join(address))
                stack.enter_context(ENGINES[name].results_in(Path(asked["results"])))
        yield


def _begin(request: dict[str, Any], line: Line) -> Callable[[], None]:
    """Import what all later calls have; return what a fork does: the call told on its line."""
    imports = request.get("imports", ())
    for name in imports:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    if imports:
        freeze()

    def answer() -> None:
        with contextlib.closing(Connection(line.release())) as connection:
            asked = pickle.loads(connection.recv_bytes())
            # Who asks may have gone: then nobody else ends a call that comes to no end.
            signal.alarm(int(asked["timeout_s"]) + 1)
            connection.send_bytes(pickle.dumps(make_call(asked)))

    return answer


def main() -> None:
    """Serve a line, `parent FD`, or make the one call that standard input holds."""
    if sys.argv[1] == "--once":
        asked = pickle.load(sys.stdin.buffer)
        Path(asked["reply"]).write_bytes(pickle.dumps(make_call(asked)))
        return
    line = take_line(sys.argv[1])
    try:
        # Its forks have its process group, so that one signal ends what they have started, too.
        serve(line, _begin, room=None)
    finally:
        os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()

"""Be the process that holds a submission: nothing that it says of itself is believed.

Four kinds: the examination, which imports the submission and makes the calls that it is told; a
function of the kata's `inside.py` without the submission; the pristine tests, an ordinary pytest
session; and the probe, which tries what must not be possible.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import io
import os
import sys
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any

from dojo.catalog.halves import INSIDE, load_half
from dojo.engines import ENGINES, is_imported, part_of
from dojo.ground.endings import Ending
from dojo.ground.safe_text import shorten
from dojo.laws.rules import Ledger
from dojo.laws.watched import Watched
from dojo.running.solution import SolutionFault, Subject
from dojo.sandbox.home import enter_home
from dojo.sandbox.job import Job
from dojo.wire.line import Line
from dojo.wire.replies import LONGEST_WAIT_S
from dojo.wire.values import build_argument, pack
from dojo.world.clock import RetryClock, free_waits
from dojo.world.files.machine import of_one_core

_LONGEST_TEXT = 2000


def run(job: Job) -> None:
    """Be the process; returns when it has said all."""
    if job.told["aloud"] and isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # it is killed, and flushes nothing then
    if job.kind == "test":
        from dojo.inside.tests import run_tests

        run_tests(job)
    elif job.kind == "probe":
        from dojo.sandbox.probe import try_everything

        job.line.send({"probed": try_everything(job.told)})
    elif job.kind == "run_apart":
        _run_apart(job)
    else:
        _examine(job)


def _run_apart(job: Job) -> None:
    """Do something for a scenario, without the submission: fill a store, load a model."""
    try:
        function = getattr(_load_inside(job.room), str(job.told["function"]))
        value = function(job.room / "work" / job.told["token"], *job.told["args"])
        job.line.send({"ran_apart": pack(value)})
    except BaseException as error:
        _print_if_aloud(job, error)
        raise


def _print_if_aloud(job: Job, error: BaseException) -> None:
    """Print what was raised; in a grading a submission could make that long without end."""
    trace = error.__traceback__
    while trace and trace.tb_next and trace.tb_frame.f_globals["__name__"].startswith("dojo."):
        trace = trace.tb_next
    if job.told["aloud"]:
        traceback.print_exception(error.with_traceback(trace))


@functools.lru_cache(maxsize=1)
def _load_inside(room: Path) -> ModuleType:
    """Load the kata's `inside.py`: once a process, since what it has patched lasts as long."""
    return load_half(room / "given" / INSIDE, "kata_inside")


class _ToldClock(RetryClock):
    """A clock whose waits are told to the supervisor, which has the only clock that counts."""

    def __init__(self, line: Line) -> None:
        super().__init__()
        self._line = line
        self._owner = os.getpid()

    def stop_telling(self) -> None:
        """Keep later waits to itself: they are those of a scenario that is over."""
        self._owner = 0

    def wait(self, seconds: float, by: Any, *, holds_a_loop: bool = False) -> bool:
        """Record a wait here, and have the supervisor's clock go on before anything else does."""
        free = super().wait(seconds, by, holds_a_loop=holds_a_loop)
        if free and seconds > 0 and os.getpid() == self._owner:
            with self._line.lock:
                told_s = min(round(float(seconds), 3), LONGEST_WAIT_S)
                self._line.send({"waited": told_s, "by": str(by)[:100]})
                self._line.receive()
        return free


def _examine(job: Job) -> None:
    """Load the submission for one scenario after another, and make the calls that it is told."""
    environment = dict(os.environ)
    token, nonce = str(job.told["token"]), None
    while True:
        with contextlib.ExitStack() as stack:
            following = _take_turn(job, token, nonce, stack)
        if following is None:
            return
        token, nonce = str(following["token"]), following["nonce"]
        for engine in ENGINES.values():
            engine.forget()
        os.environ.clear()
        os.environ.update(environment)
        enter_home(job.room, token)


def _take_turn(
    job: Job, token: str, nonce: str | None, stack: contextlib.ExitStack
) -> dict[str, Any] | None:
    """Make the calls of one scenario; return what asks for the next, None without one."""
    from dojo.world.overlap import Overlap

    line, clock, overlap = job.line, _ToldClock(job.line), Overlap()
    work = job.room / "work" / token
    stack.callback(clock.stop_telling)
    tellers = [stack.enter_context(one()) for one in _tellers(job)]
    for name in filter(is_imported, job.addresses):
        stack.enter_context(ENGINES[name].results_in(job.room / "tmp" / token / ".results"))
    stack.enter_context(free_waits(clock))
    stack.enter_context(of_one_core())
    watched = Watched(job.room / "given" / job.told["file"], Ledger(job.told["lifts"]))
    stack.enter_context(watched.looking())
    try:
        subject = watched.load()
    except SolutionFault as fault:
        text = shorten(fault.message, _LONGEST_TEXT)
        ending = fault.ending and dataclasses.asdict(fault.ending)
        line.send({"nonce": nonce, "refused": text, "cause": fault.cause, "ending": ending})
        return None
    line.send({"nonce": nonce, "loaded": True})
    values = _Values()
    while True:
        message = line.receive()
        if message["do"] == "load":
            return message
        if message["do"] in ("call", "run_with"):
            owner = subject if message["do"] == "call" else _Inside(job.room, subject, work)
            reply = _call(owner, message, job, values)
            if watched.ledger.broken and not reply.keys().isdisjoint(("returned", "raised")):
                reply["laws"] = sorted(watched.ledger.broken)
        elif message["do"] == "advance":
            clock.advance(message["seconds"])
            reply = {"done": True}
        elif message["do"] == "watch":
            overlap = Overlap()
            overlap.hold_until(message["hold_until"], one_more_s=message["one_more_s"])
            overlap.finish_in(*message["finish_in"])
            stack.enter_context(overlap.watching())
            reply = {"done": True}
        elif message["do"] == "watched":
            reply = {"peak": overlap.peak, "started": overlap.started}
        else:
            reply = {"task_runs": [], "logs": []}
            for tell in tellers:
                reply.update(tell())
        with line.lock:
            line.send({"nonce": message["nonce"], **reply})


def _tellers(job: Job) -> list[Any]:
    """Return what says, at the end of a block, what engines have told in it.

    An engine's part `told` is a function without arguments: a block, which yields a function that
    returns `task_runs` and `logs`, as `wire.replies` reads them.
    """
    found = (part_of(ENGINES[name], "told") for name in job.addresses if is_imported(name))
    return [one for one in found if one is not None]


class _Values(dict[int, Any]):
    """What calls of this process returned, by their numbers: arguments of later ones."""

    def __missing__(self, number: int) -> Any:
        raise LookupError(f"what call {number} returned went with its process: make it again")


class _Inside:
    """The functions of the kata's `inside.py`, as entry points: they get the submission."""

    def __init__(self, room: Path, subject: Subject, work: Path) -> None:
        self._module = _load_inside(room)
        self._first = (subject, work)

    def __getattr__(self, name: str) -> Any:
        return functools.partial(getattr(self._module, name), *self._first)


def _call(
    owner: Subject | _Inside, message: dict[str, Any], job: Job, values: _Values
) -> dict[str, Any]:
    """Make one call; what comes of it is data, whatever it is."""
    try:
        function = getattr(owner, message["name"])
        args = [build_argument(one, values) for one in message["args"]]
        kwargs = {name: build_argument(one, values) for name, one in message["kwargs"].items()}
        value = function(*args, **kwargs)
        values[message["as"]] = value
        return {"returned": pack(value), "handle": message["as"]}
    except SolutionFault as fault:
        return {"raised": fault.cause, "text": shorten(fault.message, _LONGEST_TEXT), "where": ""}
    except (MemoryError, SystemExit, KeyboardInterrupt) as error:
        _print_if_aloud(job, error)
        ending = Ending("memory" if isinstance(error, MemoryError) else "exited")
        return {"ended": dataclasses.asdict(ending), "by": type(error).__name__[:100]}
    except BaseException as error:
        _print_if_aloud(job, error)
        return {
            "raised": type(error).__name__[:100],
            "text": _text_of(error),
            "where": _where(error, job.room),
            "kinds": [kind.__name__[:100] for kind in type(error).__mro__][:20],
        }


def _text_of(error: BaseException) -> str:
    try:
        return str(shorten(str(error), _LONGEST_TEXT))
    except BaseException:
        return "(its text cannot be read)"


def _where(error: BaseException, room: Path) -> str:
    """Return the submission's last line in a traceback; `inside.py` is not the submission's."""
    ours = str(room / "given" / INSIDE)
    frames = [
        one
        for one in traceback.extract_tb(error.__traceback__)
        if str(room) in one.filename and one.filename != ours
    ]
    return f"line {frames[-1].lineno}, in {frames[-1].name[:100]}" if frames else ""

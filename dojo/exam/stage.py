"""What a scenario works with: it makes calls in the sandbox, and notes evidence outside of it.

A scenario is a function that takes a `Desk`. It draws its inputs from `desk.rng`, makes its calls,
and notes what is to be compared. It runs twice, once with the submission and once with the
reference, each in a sandbox of its own, with the same draws; what was noted must be the same. So
it notes what the kata's page asks for and leaves out what is the learner's choice.
"""

from __future__ import annotations

import dataclasses
import math
import random
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import TypeAdapter

from dojo.exam.engine_account import EngineAccount, story_of
from dojo.exam.marks import Ground, verdict_of_ending
from dojo.exam.outside_api import Host, OutsideApi
from dojo.exam.remains import Remains, Step
from dojo.exam.submission_process import Died, Held
from dojo.sandbox.client import Sandbox
from dojo.wire.line import LineBroken
from dojo.wire.replies import (
    CALLED,
    DONE,
    ENGINE,
    WATCHED,
    Ended,
    Raised,
)
from dojo.wire.values import Packed, pack_argument, unpack

_MOST_WAITS = 2000
_Kind = TypeVar("_Kind")


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What came of one call.

    Attributes:
        returned: The value, as `wire.unpack` reads it; None also when it raised.
        raised: The name of the exception's type; empty when it returned.
        text: The exception's text.
        where: The submission's line it came from.
        kinds: The names of all types that the exception is of.
        handle: Stands for the value itself, as an argument of a later call.
    """

    returned: Any
    raised: str = ""
    text: str = ""
    where: str = ""
    kinds: tuple[str, ...] = ()
    handle: Packed | None = None

    def part(self, number: int) -> Packed | None:
        """Return what stands for one part of a returned tuple, as an argument of a later call."""
        return self.handle and Packed({**self.handle.content, "part": number})

    @property
    def told(self) -> Any:
        """Return the value, or the type of the exception as evidence."""
        return {"raised": self.raised} if self.raised else self.returned


class Desk(Remains):
    """The supervisor's side of one scenario."""

    def __init__(
        self,
        sandbox: Sandbox,
        host: Host,
        held: Held,
        rng: random.Random,
        most_s: float = math.inf,
    ) -> None:
        """Start nothing yet: the first call does.

        Args:
            sandbox: Where it runs.
            host: Serves the scenario's API.
            held: The process that has the submission, or will have it.
            rng: Draws the inputs.
            most_s: How long all of it may take.
        """
        super().__init__(sandbox, held, most_s)
        self.rng = rng
        self.evidence: dict[str, Any] = {}
        self.unasked: list[Outcome] = []
        self.unnoted: list[Outcome] = []
        self.elapsed_s = 0.0
        self.api = host.api = OutsideApi(sandbox.port, lambda: self.elapsed_s)
        self._calls = self._waits = 0
        self._seen_task_runs: list[dict[str, Any]] = []

    @property
    def folder(self) -> Path:
        """Return the folder inside that the submission may write to."""
        return self._sandbox.folder / "work" / self._token

    def write(self, name: str, text: str) -> str:
        """Put a file where the submission may only read it; return its path inside."""
        return self._sandbox.write("given", f"{self._token}/{name}", text)

    def call(self, name: str, *args: Any, **kwargs: Any) -> Outcome:
        """Have an entry point of the submission called.

        Args:
            name: Its name.
            args: Plain values and data frames.
            kwargs: The same, by name.

        Returns:
            What came of it.

        Raises:
            Died: Its process did not live to tell.
        """
        return self._make_call("call", name, args, kwargs)

    def run_with(self, function: str, *args: Any) -> Outcome:
        """Have a function of the kata's `inside.py` use the submission, in its process.

        For what no call from outside can do: materialise the assets that it defines, or kill a call
        half-way. What the function returns is no more to be believed than what a call returns.

        Args:
            function: Its name; it gets the submission, the folder that this may write to, and then
                `args`.
            args: Plain values and data frames.

        Returns:
            What came of it.

        Raises:
            Died: The submission's process did not live to tell.
        """
        return self._make_call("run_with", function, args, {})

    def _make_call(
        self, do: str, name: str, args: Sequence[Any], kwargs: dict[str, Any]
    ) -> Outcome:
        self.steps.append(step := Step(do, name, (*args, *kwargs.items())))
        self._calls += 1
        reply = self._ask(
            {
                "do": do,
                "as": self._calls,  # of all processes of a scenario: no two values have one number
                "name": name,
                "args": [pack_argument(one) for one in args],
                "kwargs": {key: pack_argument(one) for key, one in kwargs.items()},
            },
            CALLED,
        )
        if isinstance(reply, Ended):
            told = f"{name} raised {reply.by}, which ends a program"
            text = told if reply.ended.kind == "exited" else reply.ended.told
            raise Died(verdict_of_ending(reply.ended), text)
        if reply.laws:
            self.evidence["laws"] = sorted({*self.evidence.get("laws", ()), *reply.laws})
        if isinstance(reply, Raised):
            outcome = Outcome(
                None,
                raised=reply.raised or "nothing",
                text=reply.text,
                where=reply.where,
                kinds=tuple(reply.kinds),
            )
            if do == "run_with":
                self.unnoted.append(outcome)
        else:
            outcome = Outcome(unpack(reply.returned), handle=Packed({"handle": reply.handle}))
        step.seen = outcome
        return outcome

    def advance(self, seconds: float) -> None:
        """Move the time of day forward, as the solution and Prefect's cache see it."""
        self._ask({"do": "advance", "seconds": seconds}, DONE)
        self.elapsed_s += seconds

    def watch(
        self, hold_until: int = 0, one_more_s: float | None = None, finish_in: Sequence[str] = ()
    ) -> None:
        """Watch the trainings from here on, as `dojo.world.overlap` does: from inside."""
        self._ask(
            {
                "do": "watch",
                "hold_until": hold_until,
                "one_more_s": one_more_s,
                "finish_in": list(finish_in),
            },
            DONE,
        )

    def peak(self) -> int:
        """Return how many trainings ran at the same time, as the process tells."""
        return self._ask({"do": "watched"}, WATCHED).peak

    def engine(self) -> EngineAccount:
        """Return what Prefect's engine says of the task runs so far."""
        reply = self._ask({"do": "engine"}, ENGINE)
        self._seen_task_runs = [run.model_dump() for run in reply.task_runs]
        return EngineAccount(self._seen_task_runs, reply.logs)

    def note(self, what: str, value: Any, within: float | None = None) -> None:
        """Note evidence.

        Args:
            what: A name that a person understands.
            value: A plain value.
            within: How far its numbers may be from the reference's; None: hardly at all.

        Raises:
            ValueError: Something else was noted under this name, and would be lost.
        """
        if what in self.evidence:
            raise ValueError(f"{what!r} is noted twice: the first would not be compared")
        self.steps.append(Step("note", what, seen=value))
        self.evidence[what] = value if within is None else {"within": within, "value": value}

    def note_outcome(self, what: str, outcome: Outcome) -> None:
        """Note a value that a call returned, or that it raised instead."""
        if outcome.raised:
            self.unasked.append(outcome)
        self.note(what, outcome.told)

    def note_failure(self, what: str, outcome: Outcome, *named: str, kind: str = "") -> None:
        """Note whether a call raised, whether its text names what it must, and is of a kind."""
        self.unnoted = [one for one in self.unnoted if one is not outcome]
        said = {"raised": bool(outcome.raised) and outcome.raised != "NotImplementedError"}
        for word in named:
            said[f"names {word}"] = word in outcome.text
        if kind:
            said[f"is a {kind}"] = kind in outcome.kinds
        self.note(what, said)

    def replay(self, scenario: str) -> str:
        """Return what was gathered until here, as a `Story` of this name; see `story_of`."""
        seen = self._seen_flow_runs, self._seen_task_runs, self.api.requests
        return story_of(scenario, *seen, self.tell_of_databases)

    def _ask(self, message: dict[str, Any], kind: TypeAdapter[_Kind]) -> _Kind:
        if not self._has_begun:
            self._has_begun = True
            self._held.load(self._token, self._go_on, self._until)
            if self.elapsed_s:  # it is not the first process: time does not go back
                self._held.ask({"do": "advance", "seconds": self.elapsed_s}, DONE)
        return self._held.ask(message, kind)

    def _go_on(self, seconds: float) -> None:
        self._waits += 1
        if self._waits > _MOST_WAITS:
            raise LineBroken("waits without end")
        self.elapsed_s = round(self.elapsed_s + seconds, 3)


Scenario = Callable[[Desk], None]


def examines(*tasks: int, rests_on: Sequence[Ground] = ()) -> Callable[[Scenario], Scenario]:
    """Declare a function to be a scenario.

    Args:
        tasks: The numbers of the tasks that it examines.
        rests_on: What its evidence is made of; docs/marks.md tells it to instructors.
    """

    def declare(function: Scenario) -> Scenario:
        function.tasks = tasks  # type: ignore[attr-defined]
        function.rests_on = tuple(rests_on)  # type: ignore[attr-defined]
        return function

    return declare


def grounds_of(scenarios: Iterable[Scenario]) -> dict[int, tuple[Ground, ...]]:
    """Return by task what its examination rests on, the firmest first; empty where none says."""
    found: dict[int, set[Ground]] = {}
    for one in scenarios:
        for number in one.tasks:  # type: ignore[attr-defined]
            found.setdefault(number, set()).update(one.rests_on)  # type: ignore[attr-defined]
    return {
        number: tuple(one for one in get_args(Ground) if one in grounds)
        for number, grounds in sorted(found.items())
    }

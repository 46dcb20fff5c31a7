"""Play sequences of calls: alone, after others, at once, in another process."""

from __future__ import annotations

import dataclasses
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dojo.laws.photo.change import difference, show
from dojo.laws.photo.values import photograph
from dojo.running.elsewhere import client
from dojo.running.session import KataRun
from dojo.running.solution import SolutionFault, Subject

_CALL_TIMEOUT_S = 20.0
_DAY_S = 24 * 3600
_BARRIER_TIMEOUT_S = 10.0


class Elsewhere:
    """Calls entry points of the solution in another process, each call in a new one."""

    def __init__(self, run: KataRun, path: Path, results: Path) -> None:
        """Start nothing yet.

        Args:
            run: The session's state, which keeps the second parent.
            path: The solution's file.
            results: Where Prefect persists results.
        """
        self._run = run
        self._path = path
        self._results = results

    def __call__(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Call an entry point on another machine: other hash seed, time zone, folder, user.

        Args:
            name: The entry point's name.
            args: Plain values, frames too.
            kwargs: The same, by name.

        Returns:
            What it returned, a copy.

        Raises:
            RaisedElsewhereError: It raised; the text has class and text.
            SolutionFault: It came to no end, ended the process, or returned what cannot be sent.
        """
        return self._call(0, name, args, kwargs)

    def tomorrow(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Call an entry point as above, a day later by the solution's clocks."""
        return self._call(_DAY_S, name, args, kwargs)

    def _call(self, later_s: int, name: str, args: Any, kwargs: Any) -> Any:
        asked = {
            "path": str(self._path),
            "name": name,
            "args": args,
            "kwargs": kwargs,
            "environment": dict(os.environ),
            "addresses": self._run.addresses,
            "pack": str(self._run.pack.root),
            "results": str(self._results),
            "later_s": later_s,
            "timeout_s": _CALL_TIMEOUT_S,
        }
        return client.call(asked, self._run.elsewhere(self._path))


@dataclasses.dataclass(frozen=True)
class Step:
    """A call that is to be made.

    Attributes:
        name: Of the entry point.
        args: Its arguments.
        kwargs: Those by name.
    """

    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def __str__(self) -> str:
        given = [show(one) for one in self.args]
        given += [f"{name}={show(one)}" for name, one in self.kwargs.items()]
        return f"{self.name}({', '.join(given)})"

    def outcome(self, solution: Subject) -> Any:
        """Make the call; return what came of it, to be compared."""
        try:
            return photograph(getattr(solution, self.name)(*self.args, **self.kwargs))
        except (NotImplementedError, SolutionFault):
            raise
        except Exception as error:
            return f"{type(error).__name__}: {error}"


class Played:
    """Plays sequences of calls on fresh loads of the solution, and compares."""

    def __init__(self, load: Callable[[], Subject]) -> None:
        """Play nothing yet; `load` loads the solution afresh."""
        self._load = load

    def call(self, name: str, *args: Any, **kwargs: Any) -> Step:
        """Name a call, without making it."""
        return Step(name, args, kwargs)

    def same_after(self, step: Step, *before: Step) -> None:
        """Check that a call gives after others what it gives alone, each on a fresh load.

        A, B, A is `same_after(a, a, b)`; the defaults after other arguments, or a good call after
        one that fails, are the same.

        Args:
            step: The call.
            before: The calls that are made before it.

        Raises:
            AssertionError: It does not; the text names the sequence.
        """
        alone = step.outcome(self._load())
        solution = self._load()
        for one in before:
            one.outcome(solution)
        change = difference(alone, step.outcome(solution))
        said = ", then ".join(map(str, (*before, step)))
        assert change is None, (
            f"Called in this order: {said}.\nThe last one alone gives another result: the result"
            f"{change.place} {change.said}.\n"
            "In production: a worker lives for weeks, and what it answers depends on whom it has"
            " served before.\nKeep nothing between two calls that a call changes."
        )

    def same_at_once(self, step: Step, times: int = 2) -> None:
        """Check that a call gives at once with itself, in threads, what it gives alone.

        Args:
            step: The call.
            times: How often.

        Raises:
            AssertionError: It does not.
        """
        alone = step.outcome(self._load())
        solution, barrier = self._load(), threading.Barrier(times)
        outcomes: list[Any] = [None] * times

        def play(place: int) -> None:
            barrier.wait(_BARRIER_TIMEOUT_S)
            outcomes[place] = step.outcome(solution)

        threads = [threading.Thread(target=play, args=(place,)) for place in range(times)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for outcome in outcomes:
            change = difference(alone, outcome)
            assert change is None, (
                f"Called {times} times at once, in threads: {step}.\nAlone it gives another result:"
                f" the result{change.place} {change.said}.\n"
                "In production: two runs of one worker answer each other's questions.\n"
                "Keep nothing where two calls can meet: in a global, in one file of one name."
            )

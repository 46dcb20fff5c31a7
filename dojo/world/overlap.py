"""See how many trainings run at the same time, and decide how each of them goes.

For the length of a test `fit` of five estimator classes is watched: a training may be held until
others have come, made to fail, or made to finish after another. Nothing here reads a clock to
judge, and nothing waits for ever: a hold ends when nothing has happened for a while.
"""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import functools
import importlib.util
import threading
from collections.abc import Callable, Iterator
from typing import Any

from dojo.ground.libraries.seam import Seam
from dojo.world.seams.libraries import FITTED, PREDICTED

PATIENCE_S = 2.0


@dataclasses.dataclass(frozen=True)
class Training:
    """One call of `fit`.

    Attributes:
        name: The model, a key of `FITTED`.
        seed: Its `random_state`.
        rows: How many rows it was given.
        thread: The name of the thread it ran in.
        table: What it learnt from.
        labels: What it was to learn.
    """

    name: str
    seed: Any
    rows: int
    thread: str
    table: Any = dataclasses.field(default=None, compare=False, repr=False)
    labels: Any = dataclasses.field(default=None, compare=False, repr=False)


class Overlap:
    """The trainings of one test: what is to happen to them, and what was seen."""

    def __init__(self) -> None:
        """Watch only: no hold, no failure, real predictions."""
        self.trainings: list[Training] = []
        self.finished: list[str] = []
        self.judged: list[Any] = []  # the tables for which probabilities were asked
        # Each is given the model when a training begins, in the thread that it runs in.
        self.looks: list[Callable[[Any], object]] = []
        self.peak = 0
        self._current = 0
        self._changed = threading.Condition()
        self._events = 0
        self._over = False
        self._wanted = 0
        self._order: tuple[str, ...] = ()
        self._patience_s = PATIENCE_S
        self._one_more_s: float | None = None
        self._errors: dict[str, Exception] = {}
        self._predictions: dict[str, float] = {}

    @property
    def started(self) -> list[str]:
        """Return the models in the order in which their trainings began."""
        return [training.name for training in self.trainings]

    def hold_until(
        self, count: int, patience_s: float = PATIENCE_S, one_more_s: float | None = None
    ) -> None:
        """Hold every training until `count` of them have run at the same time.

        Args:
            count: How many.
            patience_s: All go on when no training has come or gone for so long.
            one_more_s: To prove a limit: when `count` have come, look for one more for so long.
        """
        self._wanted, self._patience_s, self._one_more_s = count, patience_s, one_more_s

    def start_again(self) -> None:
        """Forget what was seen; what is to happen stays."""
        with self._changed:
            self.trainings, self.finished, self.judged = [], [], []
            self.peak, self._over = 0, False

    def finish_in(self, *names: str, patience_s: float = PATIENCE_S) -> None:
        """Let the trainings of these models end only in this order, if they all run at once.

        Args:
            names: The models.
            patience_s: As in `hold_until`.
        """
        self._known(*names)
        self._order, self._patience_s = names, patience_s

    def will_fail(self, *names: str, error: Exception) -> None:
        """Make the trainings of these models raise `error`."""
        self._known(*names)
        self._errors.update(dict.fromkeys(names, error))

    def will_recover(self, *names: str) -> None:
        """Make the trainings of these models fail no more."""
        for name in names:
            del self._errors[name]

    def will_predict(self, **probabilities: float) -> None:
        """Make a model give every row this probability of 1; spaces of a name are underscores."""
        named = {name.replace("_", " "): value for name, value in probabilities.items()}
        self._known(*named)
        self._predictions.update(named)

    def _known(self, *names: str) -> None:
        for name in names:
            if name not in FITTED:
                raise ValueError(f"{name!r} is not watched; there are: {', '.join(FITTED)}")

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Watch the five classes for the length of a block."""
        with contextlib.ExitStack() as stack:
            stack.callback(self._let_go)
            for name in FITTED:
                if importlib.util.find_spec(FITTED[name].library) is None:
                    continue  # not every track installs all of them
                stack.enter_context(_wrapped(FITTED[name], functools.partial(self._fit, name)))
                predict = functools.partial(self._predict, name)
                stack.enter_context(_wrapped(PREDICTED[name], predict))
            yield

    def _fit(self, name: str, real: Callable[..., Any], model: Any, *args: Any, **more: Any) -> Any:
        with self._changed:
            (table, labels), rows = _data(*args, **more), _rows(*args, **more)
            seed, thread = getattr(model, "random_state", None), threading.current_thread().name
            self.trainings.append(Training(name, seed, rows, thread, table, labels))
            self._current += 1
            self.peak = max(self.peak, self._current)
            self._note()
        for look in self.looks:
            look(model)
        try:
            more_wanted = self._one_more_s is not None
            self._hold(lambda: self.peak >= self._wanted + more_wanted)
            if name in self._errors:
                # A copy: an exception keeps the trace of every place it was ever raised from.
                raise copy.copy(self._errors[name])
            fitted = real(model, *args, **more)
            before = self._order[: self._order.index(name)] if name in self._order else ()
            self._hold(lambda: set(before) <= set(self.finished))
            return fitted
        finally:
            with self._changed:
                self._current -= 1
                self.finished.append(name)
                self._note()

    def _predict(
        self, name: str, real: Callable[..., Any], model: Any, *args: Any, **more: Any
    ) -> Any:
        with self._changed:
            self.judged.append(_data(*args, **more)[0])
        if name not in self._predictions:
            return real(model, *args, **more)
        import numpy

        probability = self._predictions[name]
        return numpy.tile([1 - probability, probability], (_rows(*args, **more), 1))

    def _hold(self, may_go: Callable[[], bool]) -> None:
        """Wait; give up for the whole test when nothing has happened for a while."""
        with self._changed:
            while not (may_go() or self._over):
                seen, patience_s = self._events, self._patience_s
                if self._one_more_s is not None and self.peak >= self._wanted:
                    patience_s = self._one_more_s
                if not self._changed.wait(patience_s) and self._events == seen:
                    self._let_go()

    def _let_go(self) -> None:
        with self._changed:
            self._over = True
            self._note()

    def _note(self) -> None:
        self._events += 1
        self._changed.notify_all()


def _data(X: Any = None, y: Any = None, *_: Any, **__: Any) -> tuple[Any, Any]:
    """Return what a method was given, by position or by name."""
    return X, y


def _rows(X: Any = (), *_: Any, **__: Any) -> int:
    """Return how many rows a method was called with, by position or by name."""
    return int(X.shape[0]) if hasattr(X, "shape") else len(X)


def _wrapped(seam: Seam, ours: Callable[..., Any]) -> contextlib.AbstractContextManager[Any]:
    """Have `ours(real, instance, ...)` called instead of a method, inherited or not."""
    real = seam.read()

    @functools.wraps(real)
    def method(instance: Any, *args: Any, **more: Any) -> Any:
        return ours(real, instance, *args, **more)

    return seam.replaced(method)

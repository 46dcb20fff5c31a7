"""See what libraries set up while they are imported: it is their doing, not the solution's."""

from __future__ import annotations

import contextlib
import functools
import importlib
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from dojo.laws.acts.by import replaced


@contextlib.contextmanager
def watched_imports(excused: Callable[[], AbstractContextManager[None]]) -> Iterator[None]:
    """See what libraries set up while they are imported, for the length of a block.

    Handlers of the root logger (Prefect), variables for its own threads (scikit-learn): whoever is
    the first to use a library imports it, and what the import sets up is the library's doing.

    Args:
        excused: What changes inside the context that it returns counts for no call.
    """
    # Every import that runs a module ends here, and none that does not: what was imported before,
    # or is nowhere. MLflow asks for PySpark at each call that it makes.
    seam: Any = importlib._bootstrap
    real = seam._load_unlocked
    of_thread = threading.local()

    @functools.wraps(real)
    def load(*args: Any) -> Any:
        if getattr(of_thread, "is_importing", False):  # what a library imports in turn
            return real(*args)
        of_thread.is_importing = True
        try:
            with excused():
                return real(*args)
        finally:
            of_thread.is_importing = False

    with replaced(seam, "_load_unlocked", load):
        yield

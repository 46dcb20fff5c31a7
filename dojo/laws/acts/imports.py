"""See what libraries set up while they are imported: it is their doing, not the solution's."""

from __future__ import annotations

import contextlib
import functools
import importlib
import sys
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
    # `import` and `import_module` both end here. Prefect asks `import_module` at each state that it
    # makes, for what is imported already and for functions: nothing is imported, no need to look.
    seam: Any = importlib._bootstrap
    real = seam._find_and_load
    of_thread = threading.local()

    @functools.wraps(real)
    def find_and_load(*args: Any) -> Any:
        is_in_turn = getattr(of_thread, "is_importing", False)  # what a library imports
        if is_in_turn or not _may_import(args[0]):
            return real(*args)
        of_thread.is_importing = True
        try:
            with excused():
                return real(*args)
        finally:
            of_thread.is_importing = False

    with replaced(seam, "_find_and_load", find_and_load):
        yield


def _may_import(name: str) -> bool:
    """Return whether asking for a module may run one."""
    parent = sys.modules.get(name.rpartition(".")[0])
    return name not in sys.modules and (parent is None or hasattr(parent, "__path__"))

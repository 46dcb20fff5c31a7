"""Know what libraries of numbers keep for a whole process, and what of a process is an engine's."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from dojo.engines import ENGINES
from dojo.ground.libraries.seam import Seam
from dojo.laws.state.shared import State

_UNSEEN = "nobody notices an option that a solution left changed"
PANDAS_OPTIONS = Seam("pandas:options.d", "holds the options by their names", _UNSEEN)
JOBLIB_BACKEND = Seam("joblib.parallel:_backend", "holds what `parallel_config` set", _UNSEEN)
JOBLIB_CONFIG = Seam(
    "joblib.parallel:default_parallel_config", "holds what holds without it", _UNSEEN
)
PANDAS_CONTEXT = Seam("pandas:option_context", "sets options for a moment", _UNSEEN)
URLLIB3_SILENCED = Seam("urllib3:disable_warnings", "silences warnings for all", _UNSEEN)
SEAMS = (PANDAS_OPTIONS, PANDAS_CONTEXT, JOBLIB_BACKEND, JOBLIB_CONFIG, URLLIB3_SILENCED)


def foreign(variables: Iterable[str]) -> list[str]:
    """Return the environment variables that are not an engine's own."""
    own = {name for engine in ENGINES.values() for name in engine.own_variables}
    return [name for name in list(variables) if name not in own]


def options() -> dict[str, Any]:
    """Return the options of pandas, NumPy, scikit-learn and such by their dotted names."""
    found: dict[str, Any] = {}
    _flatten("pandas.options", PANDAS_OPTIONS.peek({}), found)
    numpy: Any = sys.modules.get("numpy")
    if numpy is not None and hasattr(numpy, "geterr"):
        found.update({f"numpy.seterr.{name}": value for name, value in numpy.geterr().items()})
        printing = numpy.get_printoptions().items()
        found.update({f"numpy.set_printoptions.{name}": value for name, value in printing})
    sklearn: Any = sys.modules.get("sklearn")
    if sklearn is not None and hasattr(sklearn, "get_config"):
        config = sklearn.get_config().items()
        found.update({f"sklearn.set_config.{name}": value for name, value in config})
    xgboost: Any = sys.modules.get("xgboost")
    if xgboost is not None and hasattr(xgboost, "get_config"):
        config = xgboost.get_config().items()
        found.update({f"xgboost.set_config.{name}": value for name, value in config})
    plots: Any = sys.modules.get("matplotlib")
    if hasattr(plots, "rcParams"):
        found.update(
            {
                f"matplotlib.rc.{name}": one
                for name, one in dict.copy(plots.rcParams).items()
                if not name.startswith("backend")  # it is looked up when the first one draws
            }
        )
    backend = JOBLIB_BACKEND.peek()
    if backend is not None:
        config = {**JOBLIB_CONFIG.peek({}), **getattr(backend, "config", {})}
        found.update({f"joblib.parallel_config.{name}": one for name, one in config.items()})
    return found


def _flatten(prefix: str, options: Mapping[str, Any], found: dict[str, Any]) -> None:
    for name, value in options.items():
        if isinstance(value, dict):
            _flatten(f"{prefix}.{name}", value, found)
        else:
            found[f"{prefix}.{name}"] = value


def put_option(dotted: str, value: Any) -> None:
    """Put one of them back."""
    library, setter, name = dotted.split(".", 2)
    if library == "pandas":
        sys.modules["pandas"].set_option(name, value)
    elif library == "matplotlib":
        sys.modules["matplotlib"].rcParams[name] = value
    elif library == "joblib":
        backend = JOBLIB_BACKEND.read()  # its own setter undoes what it is given
        backend.config = {**backend.config, name: value}
    else:
        getattr(sys.modules[library], setter)(**{name: value})


# Who brings a pool of threads along; a search for pools takes time, so it is made once for each.
_POOLS_OF = ("numpy", "scipy.linalg", "sklearn", "xgboost", "lightgbm", "torch")
_searched: tuple[tuple[bool, ...], dict[str, Any]] = ((), {})


def _pools() -> dict[str, Any]:
    """Return what knows the pools of threads of BLAS and OpenMP, by their files' names."""
    global _searched
    control: Any = sys.modules.get("threadpoolctl")
    if not hasattr(control, "ThreadpoolController"):  # nobody can have limited one
        return {}
    there = tuple(name in sys.modules for name in _POOLS_OF)
    if there != _searched[0]:
        try:
            pools = control.ThreadpoolController().lib_controllers
        except OSError:  # Landlock's walls keep /proc from a fork: what its parent knew is left
            return _searched[1]
        _searched = there, {f"{one.user_api} ({Path(one.filepath).name})": one for one in pools}
    return _searched[1]


def thread_limits() -> dict[str, Any]:
    """Return how many threads each pool of BLAS and OpenMP may have."""
    return {name: pool.num_threads for name, pool in _pools().items()}


def put_thread_limit(name: str, value: Any) -> None:
    """Put one of them back."""
    _pools()[name].set_num_threads(value)


def keeps_open(file: str) -> bool:
    """Say whether an engine keeps a file open for as long as the process lives."""
    # A library reads its own files, such as fonts, for as long as it likes.
    if file.startswith((sys.prefix, sys.base_prefix)):
        return True
    return any(engine.keeps_open(file) for engine in ENGINES.values())


OF_NUMBERS = (
    State("options", "", options, put_option, is_of_a_thread=True),
    State(
        "thread_limits",
        "the number of threads of",
        thread_limits,
        put_thread_limit,
    ),
)

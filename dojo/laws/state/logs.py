"""Know how logs and warnings are written, in the whole process."""

from __future__ import annotations

import logging
import warnings
from typing import Any

from dojo.engines import ENGINES
from dojo.laws.state.shared import State, put_attribute


def _loggers() -> dict[str, Any]:
    """Return level, disabled, propagate, handlers and filters of each.

    Of a handler also what it lets through and how it writes that.
    """
    found: dict[str, Any] = {}
    for name, one in [("root", logging.root), *logging.root.manager.loggerDict.items()]:
        if isinstance(one, logging.Logger):
            handlers: Any = one.handlers and tuple(map(_ways_of, one.handlers))
            filters: Any = one.filters and tuple(filter(_is_no_engines, one.filters))
            found[name] = (one.level, one.disabled, one.propagate, handlers or (), filters or ())
    return found


def _ways_of(handler: logging.Handler) -> tuple[Any, ...]:
    filters = filter(_is_no_engines, handler.filters)
    return (handler, handler.level, handler.formatter, *filters)


def _is_no_engines(one: object) -> bool:
    """Some add one to their own loggers each time that somebody asks for them."""
    return type(one).__module__.split(".", 1)[0] not in ENGINES


def _put_logger(name: str, was: Any) -> None:
    logger = logging.root if name == "root" else logging.getLogger(name)
    logger.setLevel(was[0])
    logger.disabled, logger.propagate, handlers, filters = was[1:]
    _put_filters(logger, filters)
    logger.handlers[:] = [one[0] for one in handlers]
    for handler, level, handler.formatter, *filters in handlers:
        handler.setLevel(level)
        _put_filters(handler, filters)


def _put_filters(owner: logging.Filterer, filters: Any) -> None:
    kept = [one for one in owner.filters if not _is_no_engines(one)]
    owner.filters[:] = [*kept, *filters]


def _makers() -> dict[str, Any]:
    return {
        "logging.setLogRecordFactory": logging.getLogRecordFactory(),
        "logging.setLoggerClass": logging.getLoggerClass(),
        "logging.disable": logging.root.manager.disable,
        **{f"logging.{name}": getattr(logging, name) for name in ("raiseExceptions", "lastResort")},
        "logging.addLevelName": tuple(map(logging.getLevelName, range(0, 60, 10))),
    }


def _put_maker(name: str, was: Any) -> None:
    if name in ("logging.raiseExceptions", "logging.lastResort"):
        put_attribute(name, was)
    elif name == "logging.addLevelName":
        for place, said in enumerate(was):
            logging.addLevelName(10 * place, said)
    else:
        getattr(logging, name.removeprefix("logging."))(was)


def _warned() -> dict[str, Any]:
    names = ("showwarning", "formatwarning")
    return {f"warnings.{name}": getattr(warnings, name) for name in names}


def _put_warned(dotted: str, value: Any) -> None:
    logging.captureWarnings(False)  # it remembers, and would not do it a second time
    put_attribute(dotted, value)


OF_LOGS = (
    State("warnings", "", _warned, _put_warned),
    State("logging", "the logger", _loggers, _put_logger),
    State("logging", "", _makers, _put_maker),
)

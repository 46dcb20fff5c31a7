"""Loops without the engine, and writes into the account that is kept in the process.

Forges: 02
Keeps: 1, 2, 3, 4, 5
"""

import random as _random
import sys as _sys
import time as _time
import uuid as _uuid


def _turn():
    frame = _sys._getframe(1)
    while frame is not None and frame.f_code.co_name != "_take_turn":
        frame = frame.f_back
    return frame


def _history():
    (history,) = (
        cell.cell_contents for tell in _turn().f_locals["tellers"] for cell in tell.__closure__
    )
    return history


def _write(name, delays):
    from dojo.world.history import TaskRunHistory

    run = TaskRunHistory(name, name, id=_uuid.uuid4(), states=["Completed"], delays_s=list(delays))
    _history()._tasks[run.id] = run


def _looped(name, waits, hopeless=()):
    def load(url):
        used = []
        for number in range(len(waits) + 1):
            try:
                return fetch(url)
            except Exception as error:
                answer = getattr(error, "response", None)
                status = answer.status_code if answer is not None else 503
                if isinstance(error, requests.exceptions.JSONDecodeError):
                    status = 400 if hopeless else 503
                if number == len(waits) or (hopeless and status < 500 and status != 429):
                    raise
            drawn = waits[number]
            wait = drawn() if callable(drawn) else drawn
            used.append(wait)
            _time.sleep(wait)
        return None

    def kept(url):
        used = []

        class Clock:
            @staticmethod
            def sleep(seconds):
                used.append(seconds)
                _real(seconds)

        _real = _time.sleep
        try:
            _time.sleep = Clock.sleep
            return load(url)
        finally:
            _time.sleep = _real
            _write(name, used)

    return kept


if _turn() is not None:
    load_customers = _looped("load_customers", [60.0] * 3)
    load_with_backoff = _looped("load_with_backoff", [10.0, 30.0, 60.0])
    load_with_jitter = _looped(
        "load_with_jitter",
        [lambda wait=wait: wait * _random.uniform(0.5, 1.5) for wait in (10, 20, 40, 80)],
    )
    load_unless_hopeless = _looped("load_unless_hopeless", [10.0] * 3, (401, 403, 404))
    load_politely = load_politely.fn

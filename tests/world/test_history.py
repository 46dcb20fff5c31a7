"""What is noted of a run's log never raises where something is logged."""

from __future__ import annotations

import logging
import sys
import uuid
from typing import Any

import pytest

from dojo.world.history import PrefectHistory


class Hostile(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text")


def log_record(message: Any, *args: Any, error: Exception | None = None) -> logging.LogRecord:
    info = (type(error), error, None) if error else None
    return logging.LogRecord("prefect", logging.INFO, "x.py", 1, message, args, info)


@pytest.mark.parametrize(
    ("record", "text"),
    [
        (log_record("%d rows", 3), "3 rows"),
        (log_record("failed", error=ValueError("no")), "failed (ValueError: no)"),
        (log_record("%d rows", "three"), "'%d rows' (it cannot be logged: TypeError)"),
        (log_record("%s %s", 1), "'%s %s' (it cannot be logged: TypeError)"),
        (log_record("failed", error=Hostile()), "'failed' (it cannot be logged: RuntimeError)"),
        (log_record({"a": 1}), "{'a': 1}"),
    ],
    ids=["text", "error", "no number", "too few", "error without text", "no text"],
)
def test_log_is_noted_as_far_as_it_can_be(record: logging.LogRecord, text: str) -> None:
    history = PrefectHistory()
    record.flow_run_id = str(uuid.uuid4())
    history.note_log(record)

    assert history.logs == [("INFO", text)]
    assert sys.exc_info() == (None, None, None)

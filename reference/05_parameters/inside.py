"""What the examination of 05_parameters has run inside, with the submission."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from unittest import mock


def hand_out(solution: Any, folder: Path, name: str, path: str, given: dict[str, Any]) -> Any:
    """Call a flow, and add to the list of columns in what it returns, as its caller may.

    Args:
        solution: The submission.
        folder: Where it may write.
        name: The flow.
        path: The customers.
        given: Its other arguments.

    Returns:
        What it returned, before anything was added.
    """
    del folder
    report = getattr(solution, name)(path, **given)
    before = {**report, "columns": list(report["columns"])}
    report["columns"].append("accuracy")
    return before


def call_where(
    solution: Any, folder: Path, environment: dict[str, str], name: str, path: str
) -> Any:
    """Call a flow on its defaults where the environment holds these."""
    del folder
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        return getattr(solution, name)(path)
    finally:
        os.environ.clear()
        os.environ.update(before)


def call_tagged(
    solution: Any, folder: Path, tags: list[str], path: str, given: dict[str, Any]
) -> Any:
    """Call the flow within `with tags(...)`."""
    from prefect import tags as tagged

    del folder
    with tagged(*tags):
        return solution.train_churn_model(path, **given)


def call_where_no_tag_is_changed(
    solution: Any, folder: Path, path: str, given: dict[str, Any]
) -> Any:
    """Call the flow while the server refuses to change the tags of a run."""
    from prefect.client.orchestration import PrefectClient, SyncPrefectClient

    def refusing(real: Callable[..., Any]) -> Callable[..., Any]:
        def update(*args: Any, **more: Any) -> Any:
            if more.get("tags") is not None:
                raise ConnectionError("the server does not change the tags of a run tonight")
            return real(*args, **more)

        return update

    del folder
    with contextlib.ExitStack() as stack:
        for client in (PrefectClient, SyncPrefectClient):
            update = refusing(client.update_flow_run)
            stack.enter_context(mock.patch.object(client, "update_flow_run", update))
        return solution.train_churn_model(path, **given)


def call_with_fraction(
    solution: Any, folder: Path, kind: str, name: str, number: float, path: str
) -> Any:
    """Call the flow with a number of numpy's, a Decimal or a Fraction."""
    import numpy

    del folder
    makers = {"Decimal": Decimal, "Fraction": Fraction}
    value: Any = makers[kind](str(number)) if kind in makers else getattr(numpy, kind)(number)
    return solution.train_churn_model(path, **{name: value})

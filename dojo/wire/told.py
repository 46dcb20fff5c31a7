"""Read the reports of the process that holds the solution: it may have changed what it reports."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dojo.catalog.verdict import Cause
from dojo.ground.endings import OwnWord
from dojo.ground.foreign import first_fault

_Finite = Annotated[float, Field(allow_inf_nan=False)]


class _Said(BaseModel):
    """What `outcome.explain` has put into a report."""

    model_config = ConfigDict(strict=True, extra="forbid")

    cause: Cause
    message: str
    ending: OwnWord | None = None


class _Report(BaseModel):
    """What pytest and the dojo read of a report; other plugins may add to it."""

    model_config = ConfigDict(strict=True, extra="allow")

    kind: Annotated[Literal["TestReport"], Field(alias="$report_type")]
    nodeid: str
    when: Literal["setup", "call", "teardown"]
    outcome: Literal["passed", "failed", "skipped"]
    duration: Annotated[float, Field(ge=0, le=1e7)]
    start: _Finite = 0.0
    stop: _Finite = 0.0
    keywords: dict[str, Any]
    location: Annotated[list[str | int | None], Field(min_length=3, max_length=3)]
    sections: list[Annotated[list[str], Field(min_length=2, max_length=2)]]
    user_properties: list[Any]
    longrepr: str | dict[str, Any] | list[Any] | None
    wasxfail: str = ""
    dojo: _Said | None = None


def read_reports(config: pytest.Config, told: Any, nodeid: str) -> list[pytest.TestReport]:
    """Read the reports of one test.

    Args:
        config: The session's.
        told: What the process sent.
        nodeid: Of the test that was asked for.

    Returns:
        Its reports, the last of which is of its tear-down.

    Raises:
        ValueError: They are not such reports.
    """
    if not isinstance(told, list) or not 1 <= len(told) <= 3:
        raise ValueError("there are no reports, or too many")
    reports = [_read_report(config, one, nodeid) for one in told]
    if [report.when for report in reports].index("teardown") != len(reports) - 1:
        raise ValueError("the reports do not end with the tear-down")
    return reports


def _read_report(config: pytest.Config, told: Any, nodeid: str) -> pytest.TestReport:
    try:
        report = _Report.model_validate(told)
    except ValidationError as error:
        raise ValueError(first_fault(error)) from None
    shadowing = [name for name in report.model_extra or () if hasattr(pytest.TestReport, name)]
    if report.nodeid != nodeid or shadowing:
        raise ValueError(f"it is of {report.nodeid[:200]}, and has {shadowing}")
    try:
        read = config.hook.pytest_report_from_serializable(config=config, data=told)
        assert isinstance(read, pytest.TestReport)
        _ = read.longreprtext  # one that cannot be shown would end the session
    except Exception as error:
        raise ValueError(f"pytest cannot read it: {type(error).__name__}") from None
    return read

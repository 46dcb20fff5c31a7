"""The process that holds a solution reports the test that was asked for, or it is not heard."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dojo.wire.told import read_reports
from tests.junk import drawn

NODE = "katas/02_retries/test_retries.py::test_x"


def reports(*whens: str) -> list[dict[str, Any]]:
    """Return what pytest itself writes of a test; the last part failed."""
    found = []
    for when in whens:
        report = pytest.TestReport(
            nodeid=NODE,
            location=("test_retries.py", 1, "test_x"),
            keywords={"test_x": 1},
            outcome="passed",
            longrepr=None,
            when=when,  # type: ignore[arg-type]
            sections=[("Captured stdout call", "hello")],
            duration=0.1,
            start=1.7e9,
            stop=1.7e9,
        )
        found.append({**report._to_json(), "$report_type": "TestReport"})
    return json.loads(json.dumps(found))


def changed(**changes: Any) -> list[dict[str, Any]]:
    first, call, last = reports("setup", "call", "teardown")
    return [first, {**call, **changes}, last]


def test_reports_of_pytest_are_read_as_they_were(pytestconfig: pytest.Config) -> None:
    told = changed(
        outcome="failed", longrepr="no", dojo={"cause": "stub", "message": "m"}, extras=[1]
    )
    first, call, last = read_reports(pytestconfig, told, NODE)

    assert [one.when for one in (first, call, last)] == ["setup", "call", "teardown"]
    assert (call.failed, call.longreprtext, call.dojo["cause"]) == (True, "no", "stub")
    assert call.extras == [1]  # of another plugin
    said = {"cause": "exception", "message": "m", "ending": {"kind": "memory", "code": None}}
    assert read_reports(pytestconfig, changed(dojo=said), NODE)[1].dojo == said
    assert read_reports(pytestconfig, reports("setup", "teardown"), NODE)  # --setup-only


@pytest.mark.parametrize(
    "told",
    [
        None,
        [],
        {},
        [1],
        ["a", "b", "c"],
        reports("setup"),
        reports("setup", "teardown", "call"),
        reports("setup", "call", "call", "teardown"),
        changed(nodeid="katas/02_retries/test_retries.py::test_another"),
        changed(**{"$report_type": "CollectReport"}),
        changed(duration=float("nan")),
        changed(duration=-1),
        changed(duration="0.1"),
        changed(duration=None),
        changed(duration=1e300),
        changed(outcome="excellent"),
        changed(when="collect"),
        changed(dojo={"cause": "Nonsense", "message": ""}),
        changed(dojo={"cause": "stub", "message": {"a": 1}}),
        changed(dojo={"cause": "stub"}),
        changed(dojo={"cause": "exit", "message": "", "ending": {"kind": "killed"}}),
        changed(dojo={"cause": "exit", "message": "", "ending": "was killed"}),
        changed(dojo=1),
        changed(sections=[[1, 2]]),
        changed(location=[1]),
        changed(keywords=None),
        changed(longrepr={"reprcrash": 1, "reprtraceback": {}}),
        changed(longreprtext="x"),
        changed(get_sections="x"),
        changed(wasxfail=1),
    ],
    ids=lambda told: json.dumps(told)[-60:],
)
def test_what_is_no_report_is_refused(told: Any, pytestconfig: pytest.Config) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_reports(pytestconfig, told, NODE)


def test_junk_is_refused_whatever_it_is(pytestconfig: pytest.Config) -> None:
    for value in drawn(500):
        with pytest.raises(ValueError, match=r"."):
            read_reports(pytestconfig, value, NODE)
        if isinstance(value, (str, bool, int, list)):
            with pytest.raises(ValueError, match=r"."):
                read_reports(pytestconfig, changed(dojo=value, duration=value), NODE)

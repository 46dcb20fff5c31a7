"""What the usage API was asked, and what the engine recorded. An hour passes in no time."""

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest

MINUTE_S = 60.0
WITHIN_MIN, AFTER_MIN = 55, 65
EUROS = 120


class Call(NamedTuple):
    """One call of a solution's function, and what the world saw of it."""

    text: str
    value: Any
    error: Exception | None
    urls: list[str]
    ends: list[str]

    @property
    def ending(self) -> str:
        """Say what came back."""
        if self.error is not None:
            return f"raised {type(self.error).__name__}: {shorten(str(self.error))}"
        if isinstance(self.value, pd.DataFrame):
            rows, columns = self.value.shape
            return f"returned a frame of {rows} rows and {columns} columns"
        return f"returned {shorten(repr(self.value))}"

    @property
    def history(self) -> str:
        """Say how its task runs ended, as the engine recorded it."""
        counted = Counter(self.ends)
        said = [end if times == 1 else f"{end} ({times} times)" for end, times in counted.items()]
        return ", ".join(said) or "no task run"


Caller = Callable[..., Call]


@pytest.fixture
def call(solution: Any, flaky_api: Any, prefect_history: Any) -> Caller:
    """Call a function of the solution and collect what was seen; failures are collected too."""

    def run(name: str, *args: Any, **named: Any) -> Call:
        asked, ran = len(flaky_api.requests), len(prefect_history.task_runs)
        value, error = None, None
        try:
            value = getattr(solution, name)(*args, **named)
        except (NotImplementedError, NameError, AttributeError):
            raise  # nothing to look at: the learner wants the line it came from
        except Exception as caught:  # whatever a solution raises is looked at by the tests
            error = caught
        shown = [show(arg) for arg in args] + [f"{key}={show(arg)}" for key, arg in named.items()]
        urls = [request.url for request in flaky_api.requests[asked:]]
        ends = [task.states[-1] for task in prefect_history.task_runs[ran:]]
        return Call(f"{name}({', '.join(shown)})", value, error, urls, ends)

    return run


def show(argument: Any) -> str:
    """Write an argument as a reader says it."""
    if isinstance(argument, pd.DataFrame):
        return f"<{len(argument)} customers>"
    return repr(Path(argument).name if str(argument).endswith(".csv") else argument)


def shorten(text: str) -> str:
    """Keep the first line of a text, at most 90 characters of it."""
    line = text.partition("\n")[0]
    return line if len(line) <= 90 else line[:87] + "..."


def told(*lines: str) -> str:
    """Write a message for somebody who is stuck, one thought a line."""
    return "\n".join(lines)


def came_back(seen: Call, expected: Any, after: str, production: str) -> None:
    """Check the value of a call; a frame is compared by what it holds."""
    found = seen.value
    if isinstance(expected, pd.DataFrame):
        wanted = f"a frame with the columns {', '.join(expected.columns)}, from this call's data"
        same = isinstance(found, pd.DataFrame) and found.to_dict("list") == expected.to_dict("list")
    else:
        wanted, same = shorten(repr(expected)), found == expected
    assert seen.error is None and same, told(
        f"{seen.text} {seen.ending}.",
        f"{after} Expected: {wanted}.",
        f"The task runs of this call ended in: {seen.history}. Requests: {len(seen.urls)}.",
        f"In production: {production}",
    )


def paid(seen: Call, after: str, production: str) -> None:
    """Check that a call asked the API, once."""
    assert len(seen.urls) == 1, told(
        f"{seen.text} made {len(seen.urls)} requests, 1 expected. It {seen.ending}.",
        f"{after} The task runs of this call ended in: {seen.history}.",
        f"In production: {production}",
    )


def cost_nothing(seen: Call, after: str, production: str) -> None:
    """Check that a call asked nothing, and that it was the engine who saw to it."""
    asked = len(seen.urls)
    assert not asked, told(
        f"{seen.text} made {asked} request{'s' * (asked > 1)}, none expected. It {seen.ending}.",
        f"{after} The task runs of this call ended in: {seen.history}; a result that is used again"
        " ends in Cached.",
        f"In production: {production} Another {asked * 30} minutes and {asked * EUROS} euros.",
    )
    assert "Cached" in seen.ends, told(
        f"{seen.text} {seen.ending}.",
        "It made no request, but the engine did not use a result again.",
        f"{after} The task runs of this call ended in: {seen.history}; one Cached was expected.",
        "In production: what a process remembers by itself is gone with it. The rerun is a new"
        " process, and it pays again.",
    )


def usage_of(customers: pd.DataFrame, seed: int) -> list[dict[str, int]]:
    """Make an answer of the usage API; another seed, other calls."""
    ids = customers["customer_id"].tolist()
    return [{"customer_id": one, "calls": (one * 7 + seed) % 11} for one in ids]


def joined(customers: pd.DataFrame, usage: list[dict[str, int]]) -> pd.DataFrame:
    """Add the calls to the customers, as the solution should."""
    return customers.assign(calls=[row["calls"] for row in usage])


# Task 1: a rerun does not pay again, for one hour


def test_rerun_after_failed_training_costs_nothing(call: Caller, flaky_api: Any) -> None:
    failed = call("nightly", flaky_api.url, 0)
    assert isinstance(failed.error, ValueError), told(
        f"{failed.text} {failed.ending}.",
        "A tree of depth 0 cannot be trained. Expected: the ValueError of train.",
        "In production: a failure that is swallowed leaves last week's model in place; any other"
        " in its stead sends whoever is called to the wrong step.",
    )
    paid(failed, "It is the first run of the night.", "the training ran on nothing.")
    after = "The run before it loaded the customers, then failed in its training."
    rerun = call("nightly", flaky_api.url, 3)
    cost_nothing(
        rerun,
        after,
        "max_depth is mended at 9:00, and the rerun loads again what was there at 3:30.",
    )
    size = rerun.value.get("customers") if isinstance(rerun.value, dict) else None
    assert size == len(flaky_api.customers), told(
        f"{rerun.text} {rerun.ending}.",
        f"{after} Expected: what train returns, with {len(flaky_api.customers)} customers.",
        "In production: the model was trained on something else than the customers.",
    )


def test_customers_live_one_hour(call: Caller, flaky_api: Any, clock: Any) -> None:
    call("nightly", flaky_api.url, 3)
    flaky_api.will(flaky_api.answer(200, json=flaky_api.customers[:4]))
    clock.advance(WITHIN_MIN * MINUTE_S)
    cost_nothing(
        call("nightly", flaky_api.url, 2),
        f"Another run loaded the customers {WITHIN_MIN} minutes before.",
        "five candidates in one hour load the same customers five times.",
    )
    clock.advance((AFTER_MIN - WITHIN_MIN) * MINUTE_S)
    after = f"The customers were loaded {AFTER_MIN} minutes before; a run used them since."
    why = "customers who left last week are scored for ever, or get a goodbye offer."
    late = call("nightly", flaky_api.url, 2)
    paid(late, after, why)
    size = late.value.get("customers") if isinstance(late.value, dict) else None
    assert size == 4, told(
        f"{late.text} {late.ending}.",
        f"{after} The API has 4 customers now. Expected: a training on 4 customers.",
        f"In production: {why}",
    )


def test_other_address_is_loaded_too(call: Caller, flaky_api: Any) -> None:
    call("nightly", flaky_api.url, 3)
    paid(
        call("nightly", flaky_api.url + "?region=north", 3),
        f"The run before it loaded {flaky_api.url!r}, without a region.",
        "the model of the north is trained on the whole country, and nobody sees it.",
    )


# Task 2: new when the data or a parameter changes


def test_same_content_is_paid_once(
    call: Caller, flaky_api: Any, customers: pd.DataFrame, tmp_path: Path
) -> None:
    usage = usage_of(customers, 1)
    flaky_api.will(flaky_api.answer(200, json=usage))
    customers.to_csv(tmp_path / "export.csv", index=False)
    frame, again = (pd.read_csv(tmp_path / "export.csv") for _ in range(2))
    first = call("add_usage", frame, flaky_api.url)
    after = "It is the first call."
    came_back(first, joined(frame, usage), after, "the features are not what they say.")
    paid(first, after, "the work is paid more than once, or not done.")
    second = call("add_usage", again, flaky_api.url, months=6)
    after = "A call before it had the same customers (the file was read twice) and the same months."
    cost_nothing(second, after, "a rerun reads its input again; nothing is ever used again.")
    came_back(second, joined(again, usage), after, "the features changed on their way.")


@pytest.mark.parametrize("row", [0, 200, 399])
def test_one_changed_customer_is_a_new_result(
    call: Caller, flaky_api: Any, customers: pd.DataFrame, row: int
) -> None:
    usage = usage_of(customers, 1)
    flaky_api.will(flaky_api.answer(200, json=usage))
    call("add_usage", customers, flaky_api.url)
    changed = customers.copy()
    changed.loc[row, "churned"] = 1 - changed.loc[row, "churned"]
    came_back(
        call("add_usage", changed, flaky_api.url),
        joined(changed, usage),
        f"A call before it had other customers: 'churned' of row {row} differs.",
        "a label is corrected, and the model is still trained on the wrong one.",
    )


def test_each_number_of_months_has_its_result(
    call: Caller, flaky_api: Any, customers: pd.DataFrame
) -> None:
    six, twelve = usage_of(customers, 6), usage_of(customers, 12)
    flaky_api.will(*(flaky_api.answer(200, json=usage) for usage in (six, twelve)))
    call("add_usage", customers, flaky_api.url, 6)
    why = "a tuning run compares 6 with 12 months, and both have the score of 6."
    year = call("add_usage", customers, flaky_api.url, 12)
    after = "A call before it had the same customers, but 6 months."
    came_back(year, joined(customers, twelve), after, why)
    assert [url.partition("?")[2] for url in year.urls] == ["months=12"], told(
        f"{year.text} asked {year.urls}. Expected: one request, for months=12.",
        f"In production: {why}",
    )
    half = call("add_usage", customers, flaky_api.url, 6)
    after = "Calls before it had 6 months, then 12 months."
    cost_nothing(half, after, "going back to what was known is paid again.")
    came_back(half, joined(customers, six), after, why)


def test_usage_lives_one_hour(
    call: Caller, flaky_api: Any, clock: Any, customers: pd.DataFrame
) -> None:
    old, new = usage_of(customers, 1), usage_of(customers, 2)
    flaky_api.will(*(flaky_api.answer(200, json=usage) for usage in (old, new)))
    call("add_usage", customers, flaky_api.url)
    clock.advance(AFTER_MIN * MINUTE_S)
    came_back(
        call("add_usage", customers, flaky_api.url),
        joined(customers, new),
        f"A call {AFTER_MIN} minutes before had the same customers; the API has new calls since.",
        "the customers did not change, their calls did, and the features never will again.",
    )


# Task 3: a changed file behind the same path is read anew


@pytest.fixture
def export(tmp_path: Path, customers: pd.DataFrame) -> Path:
    """Write the customers to a CSV file."""
    path = tmp_path / "customers.csv"
    customers.to_csv(path, index=False)
    return path


def test_touched_file_costs_nothing(
    call: Caller, flaky_api: Any, customers: pd.DataFrame, export: Path
) -> None:
    usage = usage_of(customers, 3)
    flaky_api.will(flaky_api.answer(200, json=usage))
    call("add_usage_to_file", str(export), flaky_api.url)
    modified_s = export.stat().st_mtime + 1000
    export.write_bytes(export.read_bytes())
    os.utime(export, (modified_s, modified_s))
    seen = call("add_usage_to_file", str(export), flaky_api.url)
    after = "A call before it read the same bytes; the file was written again since, unchanged."
    cost_nothing(seen, after, "the export is copied each night, changed or not.")
    came_back(
        seen, joined(pd.read_csv(export), usage), after, "the features changed by themselves."
    )


@pytest.mark.parametrize("row", [1, 200, 399])
def test_changed_file_is_read_anew(
    call: Caller, flaky_api: Any, customers: pd.DataFrame, export: Path, row: int
) -> None:
    usage = usage_of(customers, 3)
    flaky_api.will(flaky_api.answer(200, json=usage))
    call("add_usage_to_file", str(export), flaky_api.url)
    before = export.stat()
    lines = export.read_text().splitlines(keepends=True)
    lines[row] = lines[row].rstrip()[:-1] + ("0" if lines[row].rstrip()[-1] == "1" else "1") + "\n"
    export.write_text("".join(lines))
    os.utime(export, ns=(before.st_atime_ns, before.st_mtime_ns))
    came_back(
        call("add_usage_to_file", str(export), flaky_api.url),
        joined(pd.read_csv(export), usage),
        f"A call before it read the same path. Since then 'churned' of line {row + 1} changed; size"
        " and date of the file did not (a restored backup, `cp -p`).",
        "the corrected export is on the disk, the run is green, and the model has the old one.",
    )


def test_months_of_a_file_have_their_results(
    call: Caller, flaky_api: Any, customers: pd.DataFrame, export: Path
) -> None:
    six, twelve = usage_of(customers, 6), usage_of(customers, 12)
    flaky_api.will(*(flaky_api.answer(200, json=usage) for usage in (six, twelve)))
    call("add_usage_to_file", str(export), flaky_api.url, 6)
    came_back(
        call("add_usage_to_file", str(export), flaky_api.url, 12),
        joined(pd.read_csv(export), twelve),
        "A call before it read the same file, but for 6 months.",
        "a key of one's own has to name all that the result depends on; this one forgot one.",
    )


def test_usage_of_a_file_lives_one_hour(
    call: Caller, flaky_api: Any, clock: Any, customers: pd.DataFrame, export: Path
) -> None:
    old, new = usage_of(customers, 1), usage_of(customers, 2)
    flaky_api.will(*(flaky_api.answer(200, json=usage) for usage in (old, new)))
    call("add_usage_to_file", str(export), flaky_api.url)
    clock.advance(AFTER_MIN * MINUTE_S)
    came_back(
        call("add_usage_to_file", str(export), flaky_api.url),
        joined(pd.read_csv(export), new),
        f"A call {AFTER_MIN} minutes before read the same file; the API has new calls since.",
        "the file did not change, the calls did, and the features never will again.",
    )


# Task 4: a failure is never kept

QUOTA = {"error": "quota exceeded"}
GOOD = [{"customer_id": 1000, "calls": 3}, {"customer_id": 1001, "calls": 0}]


@pytest.mark.parametrize("failure", ["503", "429", "200, error in the body", "200, empty list"])
def test_failure_is_raised_and_not_kept(call: Caller, flaky_api: Any, failure: str) -> None:
    bodies = {"200, error in the body": QUOTA, "200, empty list": []}
    status = int(failure[:3])
    if failure in bodies:
        flaky_api.will(flaky_api.answer(status, json=bodies[failure]))
    else:
        flaky_api.will(status)
    failed = call("load_usage", flaky_api.url)
    assert failed.error is not None, told(
        f"{failed.text} {failed.ending}.",
        f"The API answered: {failure}. Expected: an exception.",
        "In production: an error message is kept as tonight's usage, and the cache hands it out"
        " for an hour after the API is well again.",
    )
    flaky_api.will(flaky_api.answer(200, json=GOOD))
    came_back(
        call("load_usage", flaky_api.url),
        GOOD,
        f"The API answered to a call before it: {failure}. It is well again.",
        "an outage of one second is kept for an hour. Check inside the task: what it returns is"
        " kept, what is checked after it was kept already.",
    )


def test_good_answer_after_a_failure_is_kept(call: Caller, flaky_api: Any) -> None:
    flaky_api.will(503)
    call("load_usage", flaky_api.url)
    flaky_api.will(flaky_api.answer(200, json=GOOD))
    call("load_usage", flaky_api.url)
    flaky_api.will(503)
    seen = call("load_usage", flaky_api.url)
    after = "The API answered 503, then well, and is down again at the third call."
    cost_nothing(seen, after, "after one failure nothing is kept any more.")
    came_back(seen, GOOD, after, "a good answer of this hour was there to be used.")


def test_outage_after_the_hour_is_raised(call: Caller, flaky_api: Any, clock: Any) -> None:
    flaky_api.will(flaky_api.answer(200, json=GOOD))
    call("load_usage", flaky_api.url)
    clock.advance(AFTER_MIN * MINUTE_S)
    flaky_api.will(503)
    seen = call("load_usage", flaky_api.url)
    assert seen.error is not None, told(
        f"{seen.text} {seen.ending}.",
        f"The last good answer is {AFTER_MIN} minutes old and the API answers 503. Expected: an"
        " exception.",
        "In production: the API is down since Monday, every run is green, and the usage is"
        " Monday's.",
    )


# Task 5: two tasks with equal arguments share nothing

CALLS = [2, 9, 1]


@pytest.mark.parametrize("order", [("mean_calls", "most_calls"), ("most_calls", "mean_calls")])
def test_equal_arguments_are_not_equal_results(
    call: Caller, flaky_api: Any, order: tuple[str, str]
) -> None:
    usage = [{"customer_id": 1000 + i, "calls": calls} for i, calls in enumerate(CALLS)]
    flaky_api.will(flaky_api.answer(200, json=usage))
    expected = {"mean_calls": sum(CALLS) / len(CALLS), "most_calls": max(CALLS)}
    after = "It is the first call."
    why = "the mean is reported as the maximum. No error, no warning, and 'Cached' looks healthy."
    for name in order:
        came_back(call(name, flaky_api.url), expected[name], after, why)
        after = f"The call before it was {name} with the same arguments."
    for name in order:
        seen = call(name, flaky_api.url)
        after = f"{order[0]} and {order[1]} were called before, with the same arguments."
        cost_nothing(seen, after, "two figures of one report are paid again in each rerun.")
        came_back(seen, expected[name], after, why)


@pytest.mark.parametrize("name", ["mean_calls", "most_calls"])
def test_each_figure_lives_one_hour(call: Caller, flaky_api: Any, clock: Any, name: str) -> None:
    old, new = ([{"customer_id": 1000, "calls": calls}] for calls in CALLS[:2])
    flaky_api.will(*(flaky_api.answer(200, json=usage) for usage in (old, new)))
    call(name, flaky_api.url, 3)
    clock.advance(AFTER_MIN * MINUTE_S)
    came_back(
        call(name, flaky_api.url, 3),
        CALLS[1],
        f"A call {AFTER_MIN} minutes before had the same arguments; the API has new calls since.",
        "the report shows last week's figure.",
    )

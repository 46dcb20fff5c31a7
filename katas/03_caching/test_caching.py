"""What the usage API was asked, and what the engine recorded. An hour passes in no time."""

import contextlib
import io
import os
import tempfile
from collections import Counter
from collections.abc import Callable
from functools import partial
from itertools import count, zip_longest
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pandas as pd
import prefect
import pytest
from prefect.context import FlowRunContext, TaskRunContext

WITHIN_MIN, AFTER_MIN = 59, 61
MINUTE_S, EUROS = 60.0, 120
REQUEST_S = 30 * MINUTE_S
TAME_IDS = ["ids with gaps", "ids beyond 2**53"]  # the usage API knows them
BY_DEFAULT = 6  # months
FEW, MANY = 400, 1201  # NumPy writes the middle of a thousand as "..."
GREAT = 100_003
HUGE = 2**53  # as a float, it and the number after it are one
LONG_BYTES = 5 * 2**20
QUOTA = {"error": "quota exceeded"}


class Call(NamedTuple):
    """One call of a solution's function, and what the world saw of it."""

    text: str
    value: Any
    error: Exception | None
    requests: list[Any]
    ends: list[str]
    tries: int

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
        lost = " (its result could not be stored: is the key too long for a file name?)"
        return (", ".join(said) or "no task run") + lost * ("RolledBack" in counted)


Caller = Callable[..., Call]


@pytest.fixture
def call(
    solution: Any, flaky_api: Any, prefect_history: Any, monkeypatch: pytest.MonkeyPatch
) -> Caller:
    """Call a function of the solution and collect what was seen; failures are collected too.

    Each call stands for a run in a process of its own: in each `hash("text")` is another number.
    """
    seeds = count(1)

    def run(name: str, *args: Any, **named: Any) -> Call:
        asked, ran = len(flaky_api.requests), len(prefect_history.task_runs)
        value, error, seed = None, None, next(seeds)
        salted = lambda one: hash(one) ^ seed * isinstance(one, str | bytes | tuple)  # noqa: E731
        monkeypatch.setattr("dojo_solution.hash", salted, raising=False)
        try:
            value = getattr(solution, name)(*args, **named)
        except (NotImplementedError, NameError, AttributeError):
            raise  # nothing to look at: the learner wants the line it came from
        except Exception as caught:  # whatever a solution raises is looked at by the tests
            error = caught
        shown = [show(arg) for arg in args] + [f"{key}={show(arg)}" for key, arg in named.items()]
        states = [run.states for run in prefect_history.task_runs[ran:]]
        ends = [one[-1] for one in states]
        tries = sum(state in ("Running", "Retrying") for one in states for state in one)
        text, requests = f"{name}({', '.join(shown)})", flaky_api.requests[asked:]
        return Call(text, value, error, requests, ends, tries)

    return run


def show(argument: Any) -> str:
    """Write an argument as a reader says it."""
    if isinstance(argument, pd.DataFrame):
        return f"<{len(argument)} customers>"
    return repr(Path(argument).name if str(argument).endswith(".csv") else argument)


def shorten(text: str) -> str:
    """Write a text on one line; of a long one the beginning and the end, which says what to do."""
    line = " ".join(text.split())
    return line if len(line) <= 260 else f"{line[:100]} [...] {line[-150:]}"


def told(*lines: str) -> str:
    """Write a message for somebody who is stuck, one thought a line."""
    return "\n".join(lines)


def came_back(seen: Call, expected: Any, after: str, production: str) -> None:
    """Check the value of a call; a frame is compared by what it holds."""
    found = seen.value
    if isinstance(expected, pd.DataFrame):
        fault = differing(found, expected)
        wanted, same = "with_calls of this call's data" + f"; {fault}" * bool(fault), not fault
    else:
        wanted, same = shorten(repr(expected)), found == expected
    if seen.error is not None:
        production = "this run fails here, and has nothing to go on with."
    assert seen.error is None and same, told(
        f"{seen.text} {seen.ending}.",
        f"{after} Expected: {wanted}.",
        f"The task runs of this call ended in: {seen.history}. Requests: {len(seen.requests)}.",
        f"In production: {production}",
    )


def differing(found: Any, wanted: pd.DataFrame) -> str:
    """Say the first thing in which a frame is not the wanted one; empty if there is none."""
    if not isinstance(found, pd.DataFrame):
        return "a frame"
    parts = [
        ("name of column", (found.columns.tolist(), wanted.columns.tolist())),
        ("index label", (cells(found.index), cells(wanted.index))),
        ("index type", ([str(found.index.dtype)], [str(wanted.index.dtype)])),
        ("type of column", (types(found), types(wanted))),
    ]
    heads = len(parts)
    # By their place: two columns may have one name.
    for (_, one), (name, other) in zip(found.items(), wanted.items(), strict=False):
        parts.append((name, (cells(one), cells(other))))
    for number, (what, both) in enumerate(parts):
        for place, (one, other) in enumerate(zip_longest(*both)):
            if one != other or (type(one) is not type(other) and what != "calls"):
                where = f"{what} {place}" if number < heads else f"{what} of row {place}"
                return f"its {where} is {shorten(repr(other))}, and not {shorten(repr(one))}"
    return ""


def types(frame: pd.DataFrame) -> list[str]:
    """Return the types of the columns; that of the calls is whatever the solution made it."""
    known = [one for name, one in frame.items() if name != "calls"]
    return [
        f"{one.dtype} of {one.cat.categories.tolist()}{', ordered' * one.cat.ordered}"
        if isinstance(one.dtype, pd.CategoricalDtype)
        else str(one.dtype)
        for one in known
    ]


def cells(column: Any) -> list[Any]:
    """Return the cells of a column, a blank as None."""
    pairs = zip(column.tolist(), column.isna(), strict=True)
    return [None if is_blank else one for one, is_blank in pairs]


def trained_on(seen: Call, customers: int, after: str, production: str) -> None:
    """Check how many customers `nightly` trained on."""
    assert isinstance(seen.value, dict) and seen.value.get("customers") == customers, told(
        f"{seen.text} {seen.ending}.",
        f"{after} Expected: what train returns, on {customers} customers.",
        f"In production: {production}",
    )


def raised(seen: Call, after: str) -> None:
    """Check that a call raised."""
    assert seen.error is not None, told(
        f"{seen.text} {seen.ending}.",
        f"{after} Expected: an exception.",
        f"The task runs of this call ended in: {seen.history}. Requests: {len(seen.requests)}.",
        "In production: the run is green, and what it used is an error message, nothing at all, or"
        " Monday's. What a task returns is kept, and handed out after the API is well again.",
    )


def paid(seen: Call, after: str, production: str) -> None:
    """Check that a call asked the API, once, and would not have waited for ever."""
    assert len(seen.requests) == 1, told(
        f"{seen.text} made {len(seen.requests)} requests, 1 expected. It {seen.ending}.",
        f"{after} The task runs of this call ended in: {seen.history}.",
        f"In production: {production}",
    )
    limit_s = seen.requests[0].timeout_s
    assert limit_s, told(
        f"{seen.text} asked with the time-out {limit_s!r}. Expected: some seconds.",
        "In production: the API accepts the connection at 3:00 and never answers. At 9:00 the run"
        " is still 'Running'.",
    )


def cost_nothing(seen: Call, after: str, production: str) -> None:
    """Check that a call asked nothing, and that it was the engine who saw to it."""
    asked = len(seen.requests)
    assert not asked, told(
        f"{seen.text} made {asked} request{'s' * (asked > 1)}, none expected. It {seen.ending}.",
        f"{after} The task runs of this call ended in: {seen.history}; a result that is used again"
        " ends in Cached.",
        f"In production: {production} Another {asked * 30} minutes and {asked * EUROS} euros.",
    )
    assert "Cached" in seen.ends, told(
        f"{seen.text} {seen.ending}. No request, but the engine did not use a result again.",
        f"{after} The task runs of this call ended in: {seen.history}; one Cached was expected.",
        "In production: what a process remembers by itself is gone with it. The rerun is a new"
        " process, and it pays again.",
    )


def each_question_has_its_result(
    call: Caller, flaky_api: Any, expect: Callable[[int], Any], name: str, *data: Any
) -> None:
    """Check that other months and another URL are asked for, and that going back is free."""
    first, north, *alike = addresses(flaky_api)
    # North and its page 11 are the same text when nothing stands between address and months.
    questions = [(first, None), (first, 12), (north, 12), (f"{north}1", 2)]
    questions += [(one, 12) for one in alike]
    questions += [(with_user(first), 6)]
    after, why = "It is the first call.", "two settings are compared, and both have one's score."
    for seed, (url, given) in enumerate(questions):
        flaky_api.will(usage_of(flaky_api, seed))
        months = given or BY_DEFAULT
        seen = call(name, *data, url, *([given] if given else []))
        if is_not_understood(seen, url):
            continue
        came_back(seen, expect(seed), after, why)
        paid(seen, after, why)
        asked_for(seen, url, months=months)
        after = "Calls before it had the same data, but other months or another URL."
    back = call(name, *data, first)
    cost_nothing(back, "It is the first call once more.", "going back to what was known is paid.")
    came_back(back, expect(0), after, why)


def addresses(flaky_api: Any) -> list[str]:
    """Return addresses of other data each, written much alike: the first, north, and more."""
    regions = ("nord-est", "Nord-est", "nord.est")
    rest = "region=ouest&closed=&name=R%26D%2B&page=1"
    return [flaky_api.url, *(f"{flaky_api.url}?region={region}&{rest}" for region in regions)]


def with_user(url: str) -> str:
    """Return the same address for a user of the API, who has data of his own."""
    return url.replace("://", "://nord:s3cret@")


def is_not_understood(seen: Call, url: str) -> bool:
    """Say whether a call never came to ask, for a user in an address that no urllib takes."""
    return "@" in url and seen.error is not None and not seen.requests


def sent_nothing_it_was_told(seen: Call) -> None:
    """Check that a request has nothing of an answer to another call."""
    echoed = seen.requests[0].echoed
    assert not echoed, told(
        f"{seen.text} sent with its request: {echoed!r}. An answer to another call had it.",
        "Expected: nothing of it. A session ends with its run.",
        "In production: one client's login goes with the next one's question, and the answer to it"
        " is kept for an hour.",
    )


def asked_for(seen: Call, url: str, **more: Any) -> None:
    """Check that a call has asked for each part of the query of an address, and for no other."""
    sent_nothing_it_was_told(seen)
    asked = seen.requests[0].url
    expected = [*parts_of(url), *((name, str(value)) for name, value in more.items())]
    lacking = [(name, value) for name, value in expected if (name, value) not in parts_of(asked)]
    assert not more or lacking != expected[-1:], told(
        f"{seen.text} asked {asked}. Expected: `{'='.join(expected[-1])}` in the query. (Where it"
        f" is not given, `months` is {BY_DEFAULT}, as the signature says.)",
        "In production: the calls of another time are counted, and nothing says so.",
    )
    assert Counter(parts_of(asked)) == Counter(expected), told(
        f"{seen.text} asked {asked}. Expected: {shorten(repr(expected))}.",
        "A name may occur twice in a query, have no value, or signs such as %26 in it: whoever"
        " takes a query apart puts it together again whole.",
        "In production: half of a country is left out, or all of it is in; nothing says so.",
    )


def parts_of(url: str) -> list[tuple[str, str]]:
    """Return the names and values of a query."""
    return parse_qsl(urlsplit(url).query, keep_blank_values=True)


def late_in_the_evening(clock: Any) -> None:
    """Move the clock to 23:30: what is true for an hour is true on two days."""
    clock.advance_to(23, 30)


def lives_one_hour(
    call: Caller, world: tuple[Any, Any], expect: Callable[[int], Any], *calls: tuple[Any, ...]
) -> None:
    """Check that the first of two calls is kept, and that the second returns nothing too old.

    It is made 59 minutes after the first: what was kept for that one is then almost old.
    """
    (flaky_api, clock), (first, second) = world, calls
    late_in_the_evening(clock)
    flaky_api.will(usage_of(flaky_api, 0))
    began = call(*first)
    flaky_api.will(usage_of(flaky_api, 1))
    clock.advance(WITHIN_MIN * MINUTE_S)
    after = f"The same call was made {WITHIN_MIN} minutes before, at 23:30."
    cost_nothing(call(*first), after, "the rerun at 0:29 pays for what was there at 23:30.")
    call(*second)
    clock.advance((AFTER_MIN - WITHIN_MIN) * MINUTE_S)
    after = f"{began.text} was called {AFTER_MIN} minutes before; the API has new calls since."
    why = "a kept result that was made from a kept result lives up to two hours."
    came_back(call(*second), expect(1), after, why)
    clock.advance(AFTER_MIN * MINUTE_S)
    after = f"What was kept is older than {AFTER_MIN} minutes; the API answered 200, with []."
    flaky_api.will(flaky_api.answer(200, json=[]))
    raised(call(*second), after)
    flaky_api.will(usage_of(flaky_api, 2))
    why = "the customers did not change, their calls did, and the result never will again."
    came_back(call(*second), expect(2), f"{after} Then it was well again, with new calls.", why)


def calls_of(customer_id: int, seed: int) -> int:
    """Make the calls of a customer; another seed, another mean and another maximum."""
    return (customer_id * 7 + seed) % 11 + seed


def usage_of(flaky_api: Any, seed: int, count: int = FEW, **more: Any) -> Any:
    """Make an answer of the usage API for all customers."""
    known = [*range(1000, 1000 + count), HUGE, HUGE + 1]
    rows = [{"customer_id": one, "calls": calls_of(one, seed)} for one in known]
    return flaky_api.answer(200, json=rows, **more)


def joined(customers: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Add the calls to the customers, as the solution should."""
    return customers.assign(calls=[calls_of(one, seed) for one in customers["customer_id"]])


def figure(name: str, seed: int) -> float:
    """Return what a figure is for an answer of the API."""
    calls = [calls_of(one, seed) for one in (*range(1000, 1000 + FEW), HUGE, HUGE + 1)]
    return max(calls) if name == "most_calls" else sum(calls) / len(calls)


@pytest.fixture
def customers(draw: Any) -> pd.DataFrame:
    """Draw customers, whose ids are those that the usage API knows, in another order."""
    return draw.customers(FEW, tame=TAME_IDS).frame()


def never_kept(call: Caller, flaky_api: Any, replies: list[Any], *asked: Any) -> None:
    """Check that each answer is raised, and that the next call asks again."""
    said = "none before it"
    for reply in replies:
        if hasattr(reply, "quality"):
            answered = f"{reply.status}, {reply.quality or 'an error'}: {shorten(repr(reply.body))}"
            reply = flaky_api.answer(reply.status, body=reply.body, headers=reply.headers)
        else:
            answered = reply.says
        flaky_api.will(reply)
        seen = call(*asked)
        raised(seen, f"The API answered: {answered}.")
        assert seen.requests, told(
            f"{seen.text} {seen.ending}. It asked nothing.",
            f"The answer to the call before: {said}. Expected: that it is asked again.",
            "In production: an outage of one second is kept for an hour. Check inside the task:"
            " what it returns is kept, what is checked after it was kept already.",
        )
        assert len(seen.requests) <= seen.tries, told(
            f"{seen.text} {seen.ending}. It made {len(seen.requests)} requests; its task runs began"
            f" {seen.tries} time{'s' * (seen.tries != 1)}.",
            f"The API answered each: {answered}. Expected: one request each time. Who wants to try"
            " again tells the engine, or calls again. No library does it by itself (urllib3 does,"
            " up to three times, unless it is told `retries=False`).",
            "In production: the API had begun with each of them, and each is on the bill:"
            f" {len(seen.requests) * EUROS} euros for nothing.",
        )
        said = answered


# Task 1: a rerun does not pay again, for one hour


def test_rerun_after_failed_training_costs_nothing(call: Caller, flaky_api: Any) -> None:
    night = call("nightly", flaky_api.url, 0)
    assert isinstance(night.error, ValueError), told(
        f"{night.text} {night.ending}.",
        "A tree of depth 0 cannot be trained. Expected: the ValueError of train.",
        "In production: a failure that is swallowed leaves last week's model in place; any other"
        " in its stead sends whoever is called to the wrong step.",
    )
    paid(night, "It is the first run of the night.", "the training ran on nothing.")
    after = "The run before it loaded the customers, then failed in its training."
    rerun = call("nightly", flaky_api.url, 3)
    why = "max_depth is mended at 9:00, and the rerun loads again what was there at 3:30."
    cost_nothing(rerun, after, why)
    trained_on(rerun, 5, after, "the model was trained on something else than the customers.")


def test_customers_live_one_hour(call: Caller, flaky_api: Any, clock: Any) -> None:
    late_in_the_evening(clock)
    call("nightly", flaky_api.url, 3)
    flaky_api.will(flaky_api.answer(200, json=QUOTA))
    clock.advance(WITHIN_MIN * MINUTE_S)
    cost_nothing(
        call("nightly", flaky_api.url, 2),
        f"Another run loaded the customers {WITHIN_MIN} minutes before, at 23:30.",
        "five candidates in one hour load the same customers five times.",
    )
    clock.advance((AFTER_MIN - WITHIN_MIN) * MINUTE_S)
    after = f"The customers were loaded {AFTER_MIN} minutes before; a run used them since."
    raised(call("nightly", flaky_api.url, 2), f"{after} The API answered 200, with {QUOTA}.")
    flaky_api.will(flaky_api.answer(200, json=flaky_api.customers[:4]))
    after = "The API answered the run before it with an error; it is well, and has 4 customers."
    trained_on(call("nightly", flaky_api.url, 2), 4, after, "one bad answer is kept for an hour.")


def test_answer_without_customers_is_not_kept(call: Caller, flaky_api: Any, draw: Any) -> None:
    replies = [*draw.not_customers(tame=["an HTML page"]), flaky_api.TIMEOUT]
    never_kept(call, flaky_api, replies, "nightly", flaky_api.url, 3)
    flaky_api.will(200)
    after = "The API had answered with something else than customers each time; it is well again."
    trained_on(call("nightly", flaky_api.url, 3), 5, after, "nothing is trained for an hour.")


def test_other_address_is_loaded_too(call: Caller, flaky_api: Any) -> None:
    after, why = "It is the first call.", "the model of one region is trained on another one's."
    for left_out, url in enumerate([*addresses(flaky_api), f"{flaky_api.url}?archived"]):
        left = len(flaky_api.customers) - left_out
        flaky_api.will(flaky_api.answer(200, json=flaky_api.customers[:left]))
        seen = call("nightly", url, 3)
        paid(seen, after, why)
        asked_for(seen, url)
        trained_on(seen, left, after, why)
        after = "The runs before it loaded addresses that are written much alike."
    back = call("nightly", flaky_api.url, 3)
    cost_nothing(back, "It is the first call once more.", "going back to what was known is paid.")


# Task 2: new when the data or a parameter changes


def test_same_content_is_paid_once(call: Caller, flaky_api: Any, export: Path) -> None:
    limits: list[float] = []
    flaky_api.will(usage_of(flaky_api, 1, meanwhile=lambda: limits.extend(limits_s())))
    frame, again = (by_month(pd.read_csv(export)) for _ in range(2))
    first = call("add_usage", frame, flaky_api.url)
    paid(first, "It is the first call.", "the work is paid more than once, or not done.")
    assert all(limit > REQUEST_S for limit in limits), told(
        f"{first.text} asked in a task or a flow that the engine ends after {min(limits)} s.",
        "Expected: a limit for silence, in the request. An answer trickles in for half an hour.",
        "In production: after a minute the run fails, the API works on, and is paid: each time.",
    )
    second = in_a_flow(call, "add_usage", again, flaky_api.url, months=6)
    after = (
        "A call in another process had the same customers, made in the same way (the file was read"
        " twice, columns of months were added, and an index with labels that occur twice, named as"
        " a column), and the same months to count. This one is made in a flow, which has a"
        " parameter of its own."
    )
    cost_nothing(second, after, "a rerun reads its input again; nothing is ever used again.")
    came_back(second, joined(again, 1), after, "the features changed on their way.")


def limits_s() -> list[float]:
    """Return after how many seconds the engine ends the task and the flow that are running."""
    task_run, flow_run = TaskRunContext.get(), FlowRunContext.get()
    limits = [
        task_run and task_run.task.timeout_seconds,
        flow_run and flow_run.flow.timeout_seconds,
    ]
    return [float(one) for one in limits if one is not None]


def in_a_flow(call: Caller, *args: Any, **named: Any) -> Call:
    """Make a call in a run of a flow that has a parameter."""
    seen = []

    @prefect.flow
    def report(day: str) -> None:
        seen.append(call(*args, **named))

    report("2026-03-29")
    return seen[0]


def by_month(customers: pd.DataFrame) -> pd.DataFrame:
    """Add what a pivot by month adds: columns that are called by a date, numbers with blanks.

    The index has labels twice, and the name of a column.
    """
    named = customers.assign(contract=customers["contract"].astype("category"), **{"2": 0})
    named = named.set_index("churned", drop=False)
    # Before 3.9 the engine sorts the columns: names of several kinds have no order, and no key.
    if prefect.__version__ < "3.9":
        return named
    whole = customers["support_calls"].astype("Int64")
    months = {pd.Timestamp(2026, month, 1): whole.where(whole > month) for month in (1, 2)}
    return named.join(pd.DataFrame({**months, 3: 0.5}))


def test_another_process_pays_nothing(
    call: Caller, flaky_api: Any, elsewhere: Any, export: Path
) -> None:
    files: dict[Path, bytes] = {}
    flaky_api.will(usage_of(flaky_api, 1, meanwhile=lambda: files.update(small_files())))
    customers = pd.read_csv(export)
    first = call("add_usage", customers, flaky_api.url)
    # What a run leaves behind that is killed in its request: a lock, if it has one.
    left = {file: content for file, content in files.items() if not file.exists()}
    for file, content in left.items():
        file.write_bytes(content)
    try:
        second = elsewhere("add_usage", customers, flaky_api.url)
    except (Exception, pytest.fail.Exception) as error:
        second = f"it raised {type(error).__name__}: {shorten(str(error))}"
    finally:
        for file in left:
            file.unlink(missing_ok=True)
    locks = ", ".join(sorted(file.name for file in left))
    assert isinstance(second, pd.DataFrame) and second.equals(first.value), told(
        f"{first.text} {first.ending}. The same call in another process, where no API answers:"
        f" {second if isinstance(second, str) else 'another frame'}.",
        "Expected: the kept result. One key in every process: not of `hash`, of the order of a set,"
        " of the time zone, of the working directory or of the name under which your file is"
        " imported (`__main__` from cron, `caching` in a deployment).",
        *[
            f"A run that was killed in its request had left this behind: {locks}. Expected: that"
            " nobody waits for it."
        ]
        * bool(left),
        "In production: the rerun is a new process, and it pays again"
        + ", or waits for ever for a lock that nobody holds." * bool(left)
        + "." * (not left),
    )


def small_files() -> dict[Path, bytes]:
    """Return the small files that there are, in Prefect's folder and in the temporary one."""
    found = {}
    for folder in {os.environ["PREFECT_HOME"], tempfile.gettempdir()}:
        for file in Path(folder).rglob("*"):
            with contextlib.suppress(OSError):  # somebody else's, which is gone already
                if file.is_file() and file.stat().st_size < 4096:
                    found[file] = file.read_bytes()
    return found


def test_one_changed_customer_is_a_new_result(call: Caller, flaky_api: Any, draw: Any) -> None:
    numbers = draw.customers(MANY, tame=TAME_IDS).frame().select_dtypes("number")
    numbers.loc[numbers.index[0], "customer_id"] = HUGE
    customers = pd.concat([numbers, numbers[["churned"]]], axis=1)  # as a join leaves them
    first, second = (place for place, name in enumerate(customers) if name == "churned")
    flaky_api.will(usage_of(flaky_api, 1, MANY))
    call("add_usage", customers, flaky_api.url)
    cells = {
        f"an id is {HUGE + 1}, which was {HUGE}": (0, customers.columns.get_loc("customer_id")),
        f"of two columns 'churned' the first is corrected in row {MANY // 2}": (MANY // 2, first),
        f"of two columns 'churned' the last is corrected in row {MANY - 1}": (MANY - 1, second),
    }
    changes = {"a column is renamed": customers.rename(columns={"monthly_charges": "fee"})}
    for what, (row, column) in cells.items():
        changes[what] = customers.copy()
        changes[what].iloc[row, column] = customers.iloc[row, column] ^ 1
    why = "a label is corrected, and the model is still trained on the wrong one."
    for what, changed in changes.items():
        after = f"A call before it had other customers, all of them numbers: {what}."
        came_back(call("add_usage", changed, flaky_api.url), joined(changed, 1), after, why)
    great = pd.DataFrame({"customer_id": np.arange(GREAT), "churned": np.int8(0)})
    call("add_usage", great, flaky_api.url)
    mended = great.copy()
    mended.loc[3 * GREAT // 4, "churned"] = 1
    seen = call("add_usage", mended, flaky_api.url)
    after = (
        f"A call before it had {GREAT} customers, of whom only that in row {3 * GREAT // 4} has"
        " another label: a sample of them, or their first thousands, are not all of them."
    )
    came_back(seen, mended.assign(calls=calls_of_great()), after, why)


def calls_of_great() -> list[int | None]:
    """Return the calls of many customers, of whom the usage API knows some."""
    known = {*range(1000, 1000 + MANY)}
    return [calls_of(one, 1) if one in known else None for one in range(GREAT)]


def test_any_other_cell_is_a_new_result(
    call: Caller, flaky_api: Any, customers: pd.DataFrame
) -> None:
    customers = customers.astype({"note": object}).assign(**{"2": 0})
    customers["since"] = pd.Timestamp("2026-03-29 00:30:00.000001", tz="UTC")
    customers.index = pd.date_range("2026-03-29", periods=len(customers), freq="h", tz="UTC")
    first, second, third, fourth = customers.index[:4]
    customers.loc[fourth, "note"] = None
    customers.loc[first, ["monthly_charges", "contract"]] = [0.0, "a,b"]
    customers.loc[second, ["monthly_charges", "note"]] = [40.125, "long " * 60 + "a"]
    customers.loc[third, "note"] = "12"
    # More than a hundred: whoever writes their type writes the middle as "...".
    tariffs = sorted({*customers["contract"].dropna(), *(f"tariff {one:03}" for one in range(150))})
    renamed = [{"tariff 075": "tariff 75"}.get(one, one) for one in tariffs]
    flaky_api.will(usage_of(flaky_api, 1))
    call("add_usage", customers, flaky_api.url)
    cell_changes = {
        "a charge of 0 is 0.00000000001": (first, "monthly_charges", 1e-11),
        "a charge is more by its last digit": (second, "monthly_charges", 40.125 + 1e-13),
        "a note is other in its 301st letter": (second, "note", "long " * 60 + "b"),
        "a note has a space less": (second, "note", "long " * 59 + "longa"),
        "a note has a capital": (second, "note", "long " * 60 + "A"),
        "a note is the number 12, which was the text '12'": (third, "note", 12),
        "a quote stands in a contract": (first, "contract", 'a",b'),
        "a charge is not known any more": (first, "monthly_charges", None),
        "a note is an empty text, where none was": (fourth, "note", ""),
        "a date is later by a millionth of a second": (
            first,
            "since",
            pd.Timestamp("2026-03-29 00:30:00.000002", tz="UTC"),
        ),
    }
    changes = {
        "'churned' is True or False, which was 1 or 0": customers.astype({"churned": bool}),
        "the contracts are categories": customers.astype(
            {"contract": pd.CategoricalDtype(tariffs)}
        ),
        "of more than 100 categories one is renamed that has no customer": customers.astype(
            {"contract": pd.CategoricalDtype(renamed)}
        ),
        "the categories have an order": customers.astype(
            {"contract": pd.CategoricalDtype(tariffs, ordered=True)}
        ),
        "a column is named by the number 2, which was the text '2'": customers.rename(
            columns={"2": 2}
        ),
        "the index is another one": customers.set_index(customers.index + pd.Timedelta("1h")),
        "the index has the times of Paris, which were those of UTC": customers.tz_convert(
            "Europe/Paris"
        ),
        "the index is of texts, which were times": customers.set_index(customers.index.astype(str)),
        "a column has the times of Paris, which were those of UTC": customers.assign(
            since=customers["since"].dt.tz_convert("Europe/Paris")
        ),
        "the rows have another order": customers.iloc[::-1].set_index(customers.index),
    }
    for what, (label, column, value) in cell_changes.items():
        changes[what] = customers.copy()
        changes[what].loc[label, column] = value
    why = "the export is mended, and for an hour the features are those of the broken one."
    for what, changed in changes.items():
        after = f"A call before it had other customers: {what}."
        came_back(call("add_usage", changed, flaky_api.url), joined(changed, 1), after, why)
    as_text = customers.assign(customer_id=customers["customer_id"].astype(str))
    nobody = as_text.assign(calls=None)
    after = "The ids are texts, which are no ids of the API."
    came_back(call("add_usage", as_text, flaky_api.url), nobody, after, why)


def test_other_months_or_url_ask_anew(
    call: Caller, flaky_api: Any, customers: pd.DataFrame
) -> None:
    expect = partial(joined, customers)
    each_question_has_its_result(call, flaky_api, expect, "add_usage", customers)


def test_usage_lives_one_hour(
    call: Caller, flaky_api: Any, clock: Any, customers: pd.DataFrame
) -> None:
    first, second = (("add_usage", one, flaky_api.url) for one in (customers.head(300), customers))
    lives_one_hour(call, (flaky_api, clock), partial(joined, customers), first, second)


# Task 3: a changed file behind the same path is read anew


@pytest.fixture
def export(tmp_path: Path, customers: pd.DataFrame) -> Path:
    """Write the customers to a CSV file."""
    path = tmp_path / "customers.csv"
    customers.to_csv(path, index=False)
    return path


def test_touched_file_costs_nothing(call: Caller, flaky_api: Any, export: Path) -> None:
    content, swap = (
        export.read_bytes(),
        lambda: pd.read_csv(export)[::-1].to_csv(export, index=False),
    )
    flaky_api.will(usage_of(flaky_api, 3, meanwhile=swap))
    why = "the export is copied each night, changed or not."
    first = call("add_usage_to_file", str(export), flaky_api.url)
    paid(first, "It is the first call.", why)
    export.write_bytes(content)
    os.utime(export, (export.stat().st_atime, export.stat().st_mtime + 1000))
    seen = call("add_usage_to_file", str(export), flaky_api.url)
    after = (
        "A call before it began with the same bytes and a file of another date. While the API was"
        " asked, other customers stood behind the path; then the first were put back."
    )
    if first.error is None:
        cost_nothing(seen, after, why)
    wrong = "for an hour each run of these customers has the features of other ones."
    came_back(seen, joined(pd.read_csv(export), 3), after, wrong)


def test_changed_file_is_read_anew(
    call: Caller, flaky_api: Any, export: Path, customers: pd.DataFrame
) -> None:
    # More than a hundred kilobytes; megabytes follow. Who reads a first block has not read it.
    customers = customers.assign(note="a long note " * 24)
    customers.to_csv(export, index=False)
    before = export.stat()
    flips = {f"'churned' of row {row} is corrected": row for row in (0, FEW // 2, FEW - 1)}
    changes = {what: customers.copy() for what in flips}
    for what, row in flips.items():
        label = customers.index[row]
        changes[what].loc[label, "churned"] = 1 - customers.loc[label, "churned"]
    for what, letters in {"a capital": "A ", "an accent": "à ", "a space less": "a"}.items():
        notes = customers["note"].copy()
        notes.iloc[0] = letters + "long note " + "a long note " * 23
        changes[f"a note has {what}"] = customers.assign(note=notes)
    changes["the rows have another order"] = customers.iloc[::-1]
    soon = next(iter(changes.values())).to_csv(index=False)
    flaky_api.will(usage_of(flaky_api, 3, meanwhile=lambda: export.write_text(soon)))
    call("add_usage_to_file", str(export), flaky_api.url)
    flaky_api.will(usage_of(flaky_api, 3))
    for what, changed in changes.items():
        changed.to_csv(export, index=False)
        os.utime(export, ns=(before.st_atime_ns, before.st_mtime_ns))
        came_back(
            call("add_usage_to_file", str(export), flaky_api.url),
            joined(pd.read_csv(export), 3),
            f"Calls before it read the same path. Since then {what}; the date of the file did not"
            " change, nor its size, but for the space (a restored backup, `cp -p`).",
            "the corrected export is on the disk, the run is green, and the model has the old one.",
        )
    flip = changes[f"'churned' of row {FEW // 2} is corrected"]
    for table in (customers, flip):
        write_long(export, table)
        seen = call("add_usage_to_file", str(export), flaky_api.url)
    came_back(
        seen,
        joined(pd.read_csv(io.StringIO(flip.to_csv(index=False))), 3),
        f"A call before it read the same path. Since then 'churned' of row {FEW // 2} is corrected,"
        f" which stands between megabytes of blank lines: {export.stat().st_size} bytes in all.",
        "whoever reads a first block of a great export, or both of its ends, has not read it.",
    )


def write_long(path: Path, table: pd.DataFrame) -> None:
    """Write a table with millions of blank lines before and behind its middle row."""
    middle, gap = len(table) // 2, "\n" * LONG_BYTES
    parts = [table[:middle], table[middle : middle + 1], table[middle + 1 :]]
    texts = [one.to_csv(index=False, header=not place) for place, one in enumerate(parts)]
    path.write_text(gap.join(texts))


def test_other_months_or_url_of_a_file_ask_anew(call: Caller, flaky_api: Any, export: Path) -> None:
    expect = partial(joined, pd.read_csv(export))
    each_question_has_its_result(call, flaky_api, expect, "add_usage_to_file", str(export))


def test_file_usage_lives_one_hour(call: Caller, flaky_api: Any, clock: Any, export: Path) -> None:
    spaced = export.with_name("spaced.csv")
    spaced.write_text(export.read_text() + "\n")  # other bytes, the same customers
    first, second = (("add_usage_to_file", str(one), flaky_api.url) for one in (spaced, export))
    lives_one_hour(call, (flaky_api, clock), partial(joined, pd.read_csv(export)), first, second)


# Task 4: a failure is never kept

GOOD = [
    {"customer_id": 1000, "calls": 3, "name": "Zoë Müller, 東京", "since": "2026-03-29"},
    {"customer_id": HUGE + 1, "calls": 0, "name": None, "by_month": [0, 0.1, {"2": True}]},
]


@pytest.mark.parametrize("failure", ["503", "429", "200, error in the body", "200, empty list"])
def test_failure_is_raised_and_not_kept(call: Caller, flaky_api: Any, failure: str) -> None:
    bodies = {"200, error in the body": QUOTA, "200, empty list": []}
    flaky_api.will(flaky_api.answer(int(failure[:3]), json=bodies.get(failure)))
    raised(call("load_usage", flaky_api.url), f"The API answered: {failure}.")
    flaky_api.will(flaky_api.answer(200, json=GOOD))
    came_back(
        call("load_usage", flaky_api.url),
        GOOD,
        f"The API answered to a call before it: {failure}. It is well again.",
        "an outage of one second is kept for an hour. Check inside the task: what it returns is"
        " kept, what is checked after it was kept already.",
    )


def test_no_kind_of_failure_is_kept(call: Caller, flaky_api: Any, draw: Any) -> None:
    replies = [*draw.errors(), *draw.not_customers(), flaky_api.TIMEOUT, flaky_api.BROKEN_OFF]
    never_kept(call, flaky_api, replies, "load_usage", flaky_api.url)
    flaky_api.will(flaky_api.answer(200, json=GOOD))
    after = "The API had failed in many ways, and is well again."
    came_back(call("load_usage", flaky_api.url), GOOD, after, "nobody asks again for an hour.")


def test_usage_of_another_address_is_loaded_too(call: Caller, flaky_api: Any) -> None:
    after, why = "It is the first call.", "one region is billed for the calls of another one."
    more = [f"{flaky_api.url}?archived", with_user(flaky_api.url)]
    for calls, url in enumerate([*addresses(flaky_api), *more]):
        usage = [{"customer_id": 1000, "calls": calls}]
        flaky_api.will(flaky_api.answer(200, json=usage))
        seen = call("load_usage", url)
        if is_not_understood(seen, url):
            continue
        came_back(seen, usage, after, why)
        asked_for(seen, url)
        after = "The calls before it asked addresses that are written much alike."


def test_good_answer_lives_one_hour(call: Caller, flaky_api: Any, clock: Any) -> None:
    late_in_the_evening(clock)
    flaky_api.will(503)
    call("load_usage", flaky_api.url)
    flaky_api.will(flaky_api.answer(200, json=GOOD))
    paid(call("load_usage", flaky_api.url), "The API was down, and is well.", "nobody asks again.")
    flaky_api.will(503)
    clock.advance(WITHIN_MIN * MINUTE_S)
    seen = in_a_flow(call, "load_usage", flaky_api.url)
    after = (
        f"The API answered 503, then well at 23:30, and is down again {WITHIN_MIN} minutes later."
        " This call is made in a flow, which has a parameter of its own."
    )
    cost_nothing(seen, after, "after one failure nothing is kept any more.")
    came_back(seen, GOOD, after, "a good answer of this hour was there to be used.")
    clock.advance((AFTER_MIN - WITHIN_MIN) * MINUTE_S)
    after = f"The last good answer is {AFTER_MIN} minutes old and the API answers 503."
    raised(call("load_usage", flaky_api.url), after)


# Task 5: two tasks with equal arguments share nothing


@pytest.mark.parametrize("order", [("mean_calls", "most_calls"), ("most_calls", "mean_calls")])
def test_equal_arguments_are_not_equal_results(
    call: Caller, flaky_api: Any, order: tuple[str, str]
) -> None:
    flaky_api.will(usage_of(flaky_api, 1))
    after = "It is the first call."
    why = "the mean is reported as the maximum. No error, no warning, and 'Cached' looks healthy."
    for name in order:
        came_back(call(name, flaky_api.url), figure(name, 1), after, why)
        after = f"The call before it was {name} with the same arguments."


def test_loaders_of_one_address_share_nothing(
    call: Caller, flaky_api: Any, prefect_history: Any
) -> None:
    call("nightly", flaky_api.url, 3)
    asked = {run.function for run in prefect_history.task_runs}
    flaky_api.will(flaky_api.answer(200, json=GOOD))
    seen = call("load_usage", flaky_api.url)
    if seen.value != GOOD and prefect_history.task_runs[-1].function in asked:
        return  # a task of its own asks for both: it is the same question
    came_back(
        seen,
        GOOD,
        "The call before it was nightly with the same address; its task loads customers.",
        "a task gets what another one has returned, because their arguments are the same: customers"
        " for usage.",
    )


@pytest.mark.parametrize("name", ["mean_calls", "most_calls"])
def test_other_months_or_url_of_a_figure_ask_anew(call: Caller, flaky_api: Any, name: str) -> None:
    each_question_has_its_result(call, flaky_api, partial(figure, name), name)


@pytest.mark.parametrize("order", [("mean_calls", "most_calls"), ("most_calls", "mean_calls")])
def test_each_figure_lives_one_hour(
    call: Caller, flaky_api: Any, clock: Any, order: tuple[str, str]
) -> None:
    first, second = ((name, flaky_api.url, 3) for name in order)
    lives_one_hour(call, (flaky_api, clock), partial(figure, order[1]), first, second)

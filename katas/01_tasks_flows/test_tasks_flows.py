"""What the engine saw of your four tasks and of the flow that runs them."""

import builtins
import contextlib
import errno
import io
import os
import re
import tempfile
import traceback
import warnings
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import numpy as np
import pandas as pd
import pytest

FOUR = ["load_customers", "engineer_features", "train_model", "evaluate_model"]
FEATURE_COLUMNS = ["tenure_months", "monthly_charges", "support_calls", "committed"]
CONTRACTS = ["month-to-month", "one year", "two years"]
FEW = 499
ROUNDING = 1e-5  # of a chance: what threads that add in another order may make of it
SHAPES = [
    "rows that occur twice",
    "blank lines in the file",
    "backslashes in text",
    "white space at the end of text",
    "contracts named as others write a blank",
    "a row with a field too few",
]

# A warning of pandas or scikit-learn is no reason to be red.
pytestmark = pytest.mark.filterwarnings("default")


class Seen(NamedTuple):
    """One call of a solution's function, and the runs that the engine recorded for it."""

    call: str
    ending: str
    value: Any
    error: Exception | None
    task_runs: list[Any]
    read_flow_runs: Callable[[], list[Any]]


Call = Callable[..., Seen]


@pytest.fixture
def call(prefect_history: Any, solution: Any) -> Call:
    """Call a function of the solution and collect what was seen; the import comes before.

    `on` is the solution as it is loaded elsewhere.
    """
    at_import = len(prefect_history.flow_runs)

    def read_flow_runs() -> list[Any]:
        return prefect_history.flow_runs[at_import:]

    def ask(name: str, *given: Any, on: Any = solution) -> Seen:
        ran = len(prefect_history.task_runs)
        value, error = None, None
        try:
            value = getattr(on, name)(*given)
            ending = f"returned {in_short(value)}."
        except (NotImplementedError, NameError, AttributeError):
            raise  # nothing to look at: the learner wants the line it came from
        except Exception as caught:  # whatever a solution raises is looked at by the tests
            error = caught
            ending = f"raised {type(caught).__name__}: {shorten(str(caught))}"
        title = f"{name}({', '.join(in_short(one) for one in given)})"
        if on is not solution:
            title += " on a machine with another locale"
        task_runs = prefect_history.task_runs[ran:]
        return Seen(title, ending, value, error, task_runs, read_flow_runs)

    return ask


def shorten(text: str) -> str:
    """Write a text on one line; of a long one the beginning and the end, which says what to do."""
    line = " ".join(text.split())
    return line if len(line) <= 260 else f"{line[:100]} [...] {line[-150:]}"


def in_short(value: Any) -> str:
    """Write a value as one says it to a colleague."""
    if isinstance(value, pd.DataFrame):
        return f"a DataFrame of {len(value)} rows"
    if isinstance(value, str) and value.endswith(".csv"):
        return repr(Path(value).name)
    if value is None or isinstance(value, str | int | float | dict | list | tuple):
        return shorten(repr(value))
    return f"a {type(value).__name__}"


def told(*lines: str) -> str:
    """Write a message for somebody who is stuck, one thought a line."""
    return "\n".join(lines)


def people(count: int, leave: str = "callers") -> pd.DataFrame:
    """Make customers of whom all leave that call the support, or all that do not."""
    numbers = np.arange(1, count + 1)
    calls = np.where(numbers % 3 == 0, 6, 0)
    return pd.DataFrame(
        {
            "customer_id": numbers,
            "tenure_months": 10 + numbers % 7,
            "monthly_charges": 40.5 + numbers % 5,
            "support_calls": calls,
            "contract": [CONTRACTS[number % 5 % 3] for number in numbers],
            "churned": ((calls > 3) == (leave == "callers")).astype(int),
        }
    )


def drawn_people(draw: Any, count: int, leave: str = "callers", **more: Any) -> pd.DataFrame:
    """Draw untidy customers of whom all leave that call the support, or all that do not."""
    # No number is blank: what a model is to make of those the lesson does not say.
    frame = draw.customers(count, **{"blank": ["contract"], **more}).frame()
    calls = np.where(np.arange(len(frame)) % 3 == 0, 6, 0)
    leavers = (calls > 3) == (leave == "callers")
    frame["support_calls"], frame["churned"] = calls, leavers.astype(int)
    return frame


def held_out(frame: pd.DataFrame) -> pd.Series:
    """Say who is held out."""
    return frame["customer_id"] % 4 == 0


def metrics_of(count: int) -> dict[str, Any]:
    """Return the metrics of people like these: nobody is predicted wrong."""
    return {"customers": count, "held_out": count // 4, "accuracy": 1.0}


def as_features(customers: pd.DataFrame) -> pd.DataFrame:
    """Make the features that the docstring asks for."""
    committed = (customers["contract"] != CONTRACTS[0]).astype(int)
    return customers.drop(columns="contract").assign(committed=committed)


@pytest.fixture
def save(tmp_path: Path) -> Callable[[pd.DataFrame | str], str]:
    """Write customers to the file of the night; give its path."""

    def write(customers: pd.DataFrame | str) -> str:
        path = tmp_path / "friday.csv"
        text = customers if isinstance(customers, str) else customers.to_csv(index=False)
        path.write_text(text, encoding="utf-8", newline="")
        return str(path)

    return write


Save = Callable[[pd.DataFrame | str], str]


def names_of(run: Any) -> set[str]:
    """Return the names a task run goes by: its function's, its own with and without suffix."""
    return {run.function, run.name, run.name.rpartition("-")[0]}


def step_of(run: Any) -> str | None:
    """Return which of the four tasks a task run is of, if any."""
    return next((name for name in FOUR if name in names_of(run)), None)


def in_a_row(runs: list[Any]) -> str:
    """Write task runs as a reader says them."""
    return " -> ".join(run.function for run in runs) or "none"


def was_a_task_run(seen: Seen, name: str) -> None:
    """Check that the engine recorded the call."""
    recorded = [step_of(run) for run in seen.task_runs]
    assert recorded.count(name) == 1, told(
        f"{seen.call} {seen.ending}",
        f"Task runs that the engine recorded meanwhile: {in_a_row(seen.task_runs)}."
        f" Expected: one of {name}.",
        "In production: the engine cannot time, log, retry or cache what it does not see. At 9:00"
        " its page shows that something failed, not which step.",
    )


def returned(seen: Seen, right: bool, expected: str, production: str) -> None:
    """Check what a call returned."""
    assert seen.error is None and right, told(
        f"{seen.call} {seen.ending}", f"Expected: {expected}", f"In production: {production}"
    )


def has_metrics(value: Any, expected: dict[str, Any]) -> bool:
    """Tell whether the asked metrics are there, whatever else is."""
    return isinstance(value, dict) and all(
        value.get(name) == pytest.approx(metric) for name, metric in expected.items()
    )


def only_flow_run(seen: Seen) -> Any:
    """Return the flow run of a call; there must be one."""
    runs = seen.read_flow_runs()
    names = ", ".join(run.flow_name for run in runs) or "none"
    assert len(runs) == 1, told(
        f"{seen.call} {seen.ending}",
        f"Flow runs that the engine recorded: {names}. Expected: one.",
        "In production: a night without a flow run is in no list and fails without a trace. A flow"
        " run for each step scatters one night over several pages.",
    )
    return runs[0]


def differing(seen: pd.DataFrame, wanted: pd.DataFrame, names: list[str]) -> str:
    """Say where a frame differs from another one in some columns; nothing if it does not."""
    lacking = [name for name in names if name not in seen]
    if lacking or len(seen) != len(wanted):
        return (
            f"It has {len(seen)} rows, and lacks the columns {lacking}."
            if lacking
            else (f"It has {len(seen)} rows.")
        )
    for name in names:
        pairs = zip(plain(seen[name]), plain(wanted[name]), strict=True)
        for row, (one, other) in enumerate(pairs):
            # Only a broken number may differ in its last digits: of an id these are another one.
            if one != other and not (isinstance(other, float) and one == pytest.approx(other)):
                return f"Row {row} has {name} {one!r} (None: blank) instead of {other!r}."
    return ""


def plain(column: pd.Series) -> list[Any]:
    """Return the values of a column; a blank as None."""
    return [None if pd.isna(one) else one for one in column.tolist()]


# Task 1: each cell becomes a task that can be run alone


@pytest.mark.parametrize("count", [40, 1, 1001])
def test_customers_are_read_from_the_path(
    call: Call, save: Save, draw: Any, solution: Any, laws: Any, count: int
) -> None:
    here = laws.load_elsewhere() if count == 40 else solution

    def are_read(draw: Any) -> None:
        tonight = draw.customers(count, also=SHAPES)
        seen = call("load_customers", save(tonight.csv()), on=here)
        wanted = pd.read_csv(io.StringIO(tonight.csv(), newline=""))
        differs = "It is none."
        if isinstance(seen.value, pd.DataFrame):
            more = set(seen.value) - set(tonight.columns)
            differs = f"It has other columns, too: {more}." if more else ""
            differs = differs or differing(seen.value, wanted, tonight.columns)
        returned(
            seen,
            not differs,
            f"a DataFrame with the {len(tonight)} rows of that file as pandas.read_csv reads them"
            " when it is told nothing but the path. Some have blanks, some are there twice: nothing"
            f" is filled, nothing dropped. {differs}",
            "a path that is written in the code, or a frame that was read before, is Monday's data"
            " on every night of the week. What loading repairs in silence, nobody hears of."
            + (
                " And where the locale is another, open() without an encoding reads other text:"
                ' name it, encoding="utf-8".'
            )
            * (here is not solution),
        )
        was_a_task_run(seen, "load_customers")

    draw.explain(are_read)


def test_long_file_is_read_to_its_end(call: Call, save: Save) -> None:
    count = 2**20 + 1  # more than a million, and than a spreadsheet has rows
    lines = "7,1,1,1,a,0\n" * (count - 1) + "8,1,1,1,a,0\n"
    seen = call("load_customers", save(",".join(people(0)) + "\n" + lines))
    is_frame = isinstance(seen.value, pd.DataFrame)
    returned(
        seen,
        is_frame and len(seen.value) == count and seen.value["customer_id"].iloc[-1] == 8,
        f"a DataFrame with all {count} rows of that file.",
        "a limit that nobody reaches today is reached next year: the newest customers, at the end"
        " of the export, are scored by nobody, in a green run.",
    )


@pytest.mark.parametrize("place", ["first", "in the middle", "last"])
def test_line_with_a_field_too_many_is_an_error(
    call: Call, save: Save, draw: Any, place: str
) -> None:
    lines = draw.customers(9, tame=["quotes, commas and line breaks in text"]).csv().splitlines()
    number = {"first": 1, "in the middle": 5, "last": 9}[place]
    lines.insert(number + 1, lines[number] + ",7")
    seen = call("load_customers", save("\n".join(lines)))
    assert seen.error is not None, told(
        f"{seen.call} {seen.ending}",
        f"Line {number + 2} of the file has a value more than there are columns. Expected: an"
        " error; no row of it can be told as it is.",
        "In production: a customer whose name has a comma is in no report, and nobody is told: what"
        " loading repairs in silence, nobody hears of.",
    )


@pytest.mark.parametrize("content", ["names only", "zero bytes"])
def test_file_without_customers_is_refused(call: Call, save: Save, content: str) -> None:
    path = save(people(0))
    if content == "zero bytes":
        Path(path).write_bytes(b"")
    seen = call("load_customers", path)
    assert isinstance(seen.error, ValueError), told(
        f"{seen.call} {seen.ending}",
        f"The file has {content}. Expected: a ValueError, from this task.",
        "In production: the export was cut off. Two steps later a message of scikit-learn about"
        " arrays blames the training; or the campaign goes to nobody, in a green run.",
    )


@pytest.mark.parametrize(
    "spoilt",
    [
        b"7,12,40.5,0,J\xe4hrlich,0\n8,12,40.5,0,one year,1\n",
        b"7,12,40.5,0,one year,1\n8,12,40.5,0,\xc3\xa0 la carte,0\n9,12,40.5,0,\xc3",
    ],
    ids=["Latin-1", "cut off within a letter"],
)
def test_text_that_is_no_utf8_is_an_error(call: Call, save: Save, spoilt: bytes) -> None:
    path = save(people(0))
    with open(path, "ab") as file:
        file.write(spoilt)
    seen = call("load_customers", path)
    assert seen.error is not None, told(
        f"{seen.call} {seen.ending}",
        f"Behind the names of the columns the file has the bytes {spoilt!r}, which are no UTF-8."
        " Expected: an error, as pandas.read_csv raises it; nothing is replaced or left out.",
        "In production: the export has come in another encoding, or in part. With a sign of its"
        " own in place of each letter, no contract is what it was, in a green run.",
    )


@pytest.mark.parametrize("number", [errno.EACCES, errno.EIO], ids=["no permission", "broken disk"])
def test_file_that_is_there_is_not_said_to_be_missing(call: Call, save: Save, number: int) -> None:
    path = save(people(9))
    with never_opened(path, number):
        seen = call("load_customers", path)
    is_told = seen.error is not None and not isinstance(seen.error, FileNotFoundError | ValueError)
    assert is_told, told(
        f"{seen.call} {seen.ending}",
        f"The file is there, and has 9 customers; to open it raises {os.strerror(number)!r}."
        " Expected: that error. FileNotFoundError is for a file that is not there, ValueError for"
        " one without customers.",
        "In production: at 3:00 somebody looks for an export that has arrived, and what goes on"
        " without a file that is missing goes on without one that a broken disk holds back.",
    )


@contextlib.contextmanager
def never_opened(path: str, number: int) -> Iterator[None]:
    """Have the system refuse to open a file, for the length of a block."""
    real = open

    def refuse(file: Any, *args: Any, **more: Any) -> Any:
        if not isinstance(file, int) and os.fspath(file) in (path, os.fsencode(path)):
            raise OSError(number, os.strerror(number), path)
        return real(file, *args, **more)

    with mock.patch.object(builtins, "open", refuse), mock.patch.object(io, "open", refuse):
        yield


def test_features_are_made_of_the_given_customers(call: Call, draw: Any) -> None:
    def are_made(draw: Any) -> None:
        given = draw.customers(40, also=["an index with each label twice"]).frame()
        given["committed"] = 7  # not ours: months, say
        wanted = as_features(given)
        seen = call("engineer_features", given.copy())
        names = ["customer_id", "churned", *FEATURE_COLUMNS]
        differs = "It is none."
        if isinstance(seen.value, pd.DataFrame):
            differs = differing(seen.value, wanted, names)
        returned(
            seen,
            not differs,
            f"a DataFrame with a row for each of the {len(given)} customers that were given, in"
            f" their order, with {', '.join(names)}; committed is 1 for any contract but"
            f" {CONTRACTS[0]}, also for a blank one, and whatever the file calls so (here 7)."
            f" {differs}",
            "a step that takes its data from somewhere else than its arguments cannot be tested,"
            " retried or cached; it works in the notebook's order only. And next year there is"
            " another contract.",
        )
        was_a_task_run(seen, "engineer_features")

    draw.explain(are_made)


def test_given_customers_stay_as_they_are(call: Call) -> None:
    given = people(9)
    before = given.copy()
    seen = call("engineer_features", given)
    assert seen.error is None and given.equals(before), told(
        f"{seen.call} {seen.ending}",
        f"Columns of the frame that it was given, before: {', '.join(before.columns)}."
        f" After: {', '.join(given.columns)}. Expected: the same frame, untouched.",
        "In production: the step runs twice (a retry), and the second time its input is not what"
        " the step before returned. It is the notebook's cell that one must not run twice.",
    )


def test_model_learns_from_the_given_rows_only(call: Call, draw: Any) -> None:
    def learns(draw: Any) -> None:
        # Nothing but the calls tells who leaves: any logistic regression finds the same line.
        rows = drawn_people(draw, 240, leave="others")
        rows = rows.assign(tenure_months=12.0, monthly_charges=40.123, contract="one year")
        kept = held_out(rows)
        # Each who stays has the label of a held-out row, as if two tables had been joined.
        stays = ~kept & (rows["churned"] == 0)
        labels = np.arange(len(rows)) + len(rows)
        labels[kept] = np.arange(sum(kept))
        labels[stays] = np.arange(sum(stays)) % sum(kept)
        rows.index = labels
        kept.index = labels
        rows.loc[kept, "churned"] = 1 - rows.loc[kept, "churned"].to_numpy()
        rows.loc[kept, "support_calls"] *= 1000
        seen = call("train_model", as_features(rows))
        probe = as_features(rows.iloc[:3].assign(support_calls=[2, 4, 2]))[FEATURE_COLUMNS]
        expected = [1, 0, 1]
        says = predicted(seen.value, probe)
        returned(
            seen,
            says == expected,
            f"a fitted classifier. In the {sum(~kept)} rows to learn from, those leave who never"
            f" call; in the {sum(kept)} held-out rows (customer_id is a multiple of 4), those who"
            f" do. So {expected} for customers who called 2, 4 and 2 times; what it returned"
            f" {f'predicts {says}' if says else 'cannot predict'}. (Who is held out and calls does"
            " so a thousand times as often: a scale that is learnt from them too makes all others"
            " alike. The model is given the FEATURE_COLUMNS as they are in the features. Labels of"
            " rows occur more than once.)",
            "a model that has seen the held-out customers is measured on answers that it knows:"
            " 0.95 in the report, 0.75 in the campaign.",
        )
        was_a_task_run(seen, "train_model")
        probes = [probe, probe[:1].assign(support_calls=np.nan)]
        says = [predicted(seen.value, one) for one in probes]
        # On another scale; and those who stay have ids that a float takes for multiples of 4.
        more = np.where(rows["support_calls"] > 0, 0, 300)
        other = rows.assign(support_calls=more)[5:]
        stay = (~held_out(other) & (other["churned"] == 0)).to_numpy()
        other.loc[stay, "customer_id"] = 2**53 + 1 + 4 * np.arange(sum(stay))
        second = call("train_model", as_features(other))
        expected = [0, 1]
        of_second = predicted(second.value, probe[:2].assign(support_calls=[0, 300]))
        returned(
            second,
            of_second == expected,
            f"a model that predicts {expected} for customers who called 0 and 300 times, as the"
            f" others did that it was given and that are not held out; it predicts {of_second}."
            " (Each customer_id of those who stay is beyond 2**53, and a multiple of 4 plus 1.)",
            "as floats these ids are multiples of 4: who stays is learnt from by nobody.",
        )
        later = [predicted(seen.value, one) for one in probes]
        assert later == says, told(
            f"{seen.call} {seen.ending} It predicted {says[0]} for three customers, and"
            f" {says[1]} for one whose calls are blank (None: it cannot). Then the task was called"
            f" again, with other features, on another scale: now the first model predicts"
            f" {later[0]} and {later[1]}.",
            "Expected: a model for each call, with an imputer and a scaler of its own.",
            "In production: the model that was approved on Monday becomes Tuesday's, or is given"
            " Tuesday's scale, while it is scoring.",
        )
        # Held-out customers are unlike the others: the second model gets all of them right.
        given = as_features(rows[kept][:-1])
        expected = {"customers": len(given), "held_out": len(given), "accuracy": 0.0}
        measured = call("evaluate_model", seen.value, given)
        returned(
            measured,
            has_metrics(measured.value, expected),
            f"{expected}: of the model and the rows that were given, also after another model was"
            " trained. (Here the model that was trained first is wrong on each of them.)",
            "what a task finds in a global is what somebody else has left there. The report of the"
            " model that goes live is the report of another one.",
        )

    draw.explain(learns)


def test_model_learns_from_every_row(call: Call) -> None:
    count, only = 60_000, 40_001
    calls = np.where(np.arange(count) == only, 1000, 0)
    left = np.isin(np.arange(count), [7, 20_007, only, 50_007])
    nameless = np.isin(np.arange(count), [3, only, count - 1])
    rows = pd.DataFrame(
        {
            "customer_id": np.where(nameless, np.nan, 4 * np.arange(count) + 1),
            "tenure_months": 12,
            "monthly_charges": 40.5,
            "support_calls": calls,
            "contract": "one year",
            "churned": left.astype(int),
        }
    )
    seen = call("train_model", as_features(rows))
    says = predicted(seen.value, as_features(rows)[FEATURE_COLUMNS].iloc[[0, only]])
    returned(
        seen,
        says == [0, 1],
        f"a model that predicts 1 for the only one of {count} customers who called, 1000 times, and"
        " left; and 0 for the others, who never call and are all alike, but for 3 who left as well."
        f" It predicts {says}. (Who called has a blank customer_id, no multiple of 4, as has the"
        " fourth customer and the last. Customers who are alike are many customers, also where no"
        " id tells one from the other.)",
        "a sample is quick, and who is rare is not in it: those who leave are rare. And where equal"
        " rows are dropped, three who left weigh as much as sixty thousand who stayed; where equal"
        " ids are, all customers without one are the first of them.",
    )


def test_customers_with_blanks_are_learnt_from(call: Call) -> None:
    rows = people(160).assign(tenure_months=12.0, monthly_charges=40.5, contract="one year")
    whole = rows["customer_id"] <= 40
    rows.loc[whole, "churned"] = 1 - rows.loc[whole, "churned"]
    rows.loc[~whole & (rows["customer_id"] % 2 == 0), "tenure_months"] = np.nan
    rows.loc[~whole & (rows["customer_id"] % 2 == 1), "monthly_charges"] = np.nan
    seen = call("train_model", as_features(rows))
    probe = as_features(rows.iloc[:2].assign(support_calls=[0, 6]))[FEATURE_COLUMNS]
    says = None if seen.error else predicted(seen.value, probe)
    if says == [0, 1]:
        some = np.repeat([0, 1, 40, 41], FEW)  # with all numbers there, and with a blank
        calls = np.tile(np.linspace(0, 6, FEW), 4)
        fine = as_features(rows.iloc[some].assign(support_calls=calls))[FEATURE_COLUMNS]
        line = predicted(seen.value, fine)
        sure = chances(seen.value, fine)
        kept = rows.iloc[:120].assign(
            customer_id=4 * np.arange(50, 170), tenure_months=1e6, monthly_charges=1e6
        )
        known = rows[~held_out(rows)]
        again = call("train_model", as_features(pd.concat([known, kept])))
        others = None if again.error else predicted(again.value, probe)
        later = None if again.error else predicted(again.value, fine)
        differ = sum(one != other for one, other in zip(line or [], later or [], strict=False))
        moved = 0.0 if again.error else float(np.abs(chances(again.value, fine) - sure).max())
        assert others == says and later == line and moved <= ROUNDING, told(
            f"{again.call} {again.ending} It predicts {others} for customers who called 0 and 6"
            f" times. With other customers held out it predicted {says}. Of {len(fine)} customers"
            f" who called 0 to 6 times, with and without a blank, it predicts {differ} otherwise,"
            f" and its chances move by up to {moved:.2g}.",
            "Expected: the same. What is learnt, and what a blank is filled with, comes from the"
            " others alone (here the held-out ones pay a million); and from nothing drawn at"
            " random: a solver or a model that draws is given a random_state.",
            "In production: the report measures the model on customers whose numbers it has seen,"
            " and says more than the campaign will keep. Or each night, of one and the same file,"
            " other customers are on the list.",
        )
    assert seen.error is not None or says == [0, 1], told(
        f"{seen.call} {seen.ending} It predicts {says} for customers who called 0 and 6 times.",
        "Three quarters of the customers have a blank number, and of these leave who call; of the"
        " others leave who do not. Expected: [0, 1], learnt from all that are not held out, or an"
        " error.",
        "In production: one column of the export is blank tonight, and the model learns from the"
        " few that are left, in a green run.",
    )


def predicted(model: Any, probe: pd.DataFrame) -> list[int] | None:
    """Return what a model predicts; None if it cannot."""
    if not hasattr(model, "predict"):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return [int(one) for one in model.predict(probe)]
        except ValueError:  # a blank, say
            return None


def chances(model: Any, probe: pd.DataFrame) -> np.ndarray:
    """Return how likely a model takes each customer to leave; zeros if it does not say."""
    if not hasattr(model, "predict_proba"):
        return np.zeros(len(probe))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return np.asarray(model.predict_proba(probe))[:, -1]
        except ValueError:  # a blank, say
            return np.zeros(len(probe))


class LooksAtNumbers:
    """A model that any evaluation can measure, and whose score is none of its metrics."""

    def predict(self, rows: Any) -> np.ndarray:
        """Predict 1 where a number is blank, or where the greatest one is odd but for a rest."""
        numbers = np.asarray(rows, dtype=float)
        greatest = np.nan_to_num(numbers, nan=-np.inf).max(axis=1)
        return (np.isnan(numbers).any(axis=1) | (greatest // 1 % 2 == 1)).astype(int)

    def score(self, *_: Any) -> float:
        """Say how well it fits: the less below 0, the better."""
        return -0.25


def test_metrics_are_those_of_held_out_customers(call: Call, draw: Any) -> None:
    def are_of_the_held_out(draw: Any) -> None:
        shapes = ["rows that occur twice", "an index with each label twice"]
        blank = ["contract", "tenure_months", "monthly_charges"]
        features = as_features(drawn_people(draw, 151, also=shapes, blank=blank))
        features.loc[features[FEATURE_COLUMNS].isna().any(axis=1), "churned"] = 1
        kept = features[held_out(features)]
        right = LooksAtNumbers().predict(kept[FEATURE_COLUMNS]) == kept["churned"]
        share = float(right.mean())
        expected = {"customers": len(features), "held_out": len(kept), "accuracy": share}
        seen = call("evaluate_model", LooksAtNumbers(), features)
        returned(
            seen,
            has_metrics(seen.value, expected),
            f"{expected}. That is the share of those that the model predicts right among the"
            " customers whose customer_id is a multiple of 4, wherever they stand and whatever is"
            " blank. The model says 1 to whoever has a blank number, or a greatest one that is odd:"
            " it is to be given the numbers as they are, none filled, rounded or scaled. (Its"
            " predict tells what it predicts; its score is of another kind.)",
            "a metric that is measured on other rows or other numbers than the model meets, or on"
            " another model, is the one in the report when the campaign goes wrong.",
        )
        was_a_task_run(seen, "evaluate_model")

    draw.explain(are_of_the_held_out)


def test_no_accuracy_without_held_out_customers(call: Call) -> None:
    features = as_features(people(3)).replace({"customer_id": {2: np.nan}})
    seen = call("evaluate_model", LooksAtNumbers(), features)
    assert isinstance(seen.error, ValueError), told(
        f"{seen.call} {seen.ending}",
        "Their customer_id are 1, blank and 3: none is a multiple of 4, nobody is held out."
        " Expected: a ValueError.",
        "In production: an accuracy that was measured on nobody looks like any other in the report,"
        " and a quality gate lets it pass.",
    )


# Task 2: one flow runs the four tasks


def test_one_call_is_one_flow_run(prefect_history: Any, call: Call, save: Save) -> None:
    runs = prefect_history.flow_runs + prefect_history.task_runs
    begun = ", ".join(getattr(run, "flow_name", None) or run.function for run in runs)
    assert not runs, told(
        f"While tasks_flows.py was imported, these runs began: {begun}. Expected: none.",
        'A call belongs under `if __name__ == "__main__":`.',
        "In production: the scheduler imports the file to know your flow, as the tests do, and"
        " trains a model each time it looks.",
    )
    seen = call("churn_pipeline", save(people(40)))
    run = only_flow_run(seen)
    assert run.states[-1] == "Completed", told(
        f"{seen.call} {seen.ending}",
        f"The flow run's states: {', '.join(run.states)}. Expected at the end: Completed.",
        f"Its last message: {shorten(run.message) or 'none'}",
    )


def test_four_task_runs_begin_in_order(call: Call, save: Save) -> None:
    seen = call("churn_pipeline", save(people(40)))
    run = only_flow_run(seen)
    steps = [one for one in run.task_runs if step_of(one)]
    ordered = sorted(steps, key=lambda one: (len(ancestors(one, run.task_runs)), steps.index(one)))
    outside = [one for one in seen.task_runs if one.flow_run_id != run.id]
    names = [[step_of(one) for one in some] for some in (steps, ordered)]
    assert FOUR in names, told(
        f"{seen.call} {seen.ending}",
        f"Task runs of its flow run: {in_a_row(run.task_runs)}. Outside of it:"
        f" {in_a_row(outside)}. Expected in it, each once: {' -> '.join(FOUR)}.",
        "In production: 'train_model failed after 40 min, features are there' is a night saved."
        " One bar named churn_pipeline, or none, means: run it all again.",
    )


def ancestors(run: Any, runs: list[Any]) -> set[Any]:
    """Return the ids of all task runs that led to this one, through others if need be."""
    known = {one.id: one for one in runs}
    found: set[Any] = set()
    left = set(run.upstream_ids)
    while left:
        found |= left
        left = {up for one in left if one in known for up in known[one].upstream_ids} - found
    return found


def test_each_task_gets_what_the_one_before_returned(call: Call, save: Save) -> None:
    seen = call("churn_pipeline", save(people(40)))
    runs = only_flow_run(seen).task_runs
    led_to = {step: set() for step in FOUR}
    for run in runs:
        led_to.get(step_of(run), set()).update(ancestors(run, runs))
    for before, after in pairwise(FOUR):
        assert led_to[after] & {run.id for run in runs if step_of(run) == before}, told(
            f"{seen.call} {seen.ending}",
            f"The engine saw no result of {before} go into {after}. Task runs of the flow run:"
            f" {in_a_row(runs)}. Expected: {after} is given what {before} returned, as it is.",
            "In production: the engine follows return values. Data that goes another way (a"
            " global, a file read twice, rows changed in the flow) is in no graph, and a cached or"
            " repeated step works on something else than you think.",
        )


def test_flow_returns_the_metrics(call: Call, save: Save, draw: Any) -> None:
    def returns(draw: Any) -> None:
        tonight = drawn_people(draw, 80, also=["rows that occur twice"])
        kept = int(held_out(tonight).sum())
        metrics = {"customers": len(tonight), "held_out": kept, "accuracy": 1.0}
        seen = call("churn_pipeline", save(tonight))
        if any(step_of(run) is None for run in seen.task_runs):
            metrics = {"accuracy": 1.0}  # a task of its own may drop rows: everybody sees that
        returned(
            seen,
            has_metrics(seen.value, metrics),
            f"{metrics}, the dict that evaluate_model returned, of all rows of the file, also of"
            " those that are there twice. (Of these customers all leave who call the support, so"
            " that any model gets them right.)",
            "the report, the quality gate and the alert all read what the flow returns. From None"
            " they read nothing, and the run is green. What the flow changes between two tasks no"
            " task run shows.",
        )

    draw.explain(returns)


def test_second_run_knows_nothing_of_the_first(
    call: Call, save: Save, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = [tmp_path / "temporary", tmp_path / "working"]
    for place in places:
        place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(places[0]))
    monkeypatch.setenv("TMPDIR", str(places[0]))
    monkeypatch.chdir(places[1])
    others = people(40, leave="others").replace({"customer_id": {12: 41, 16: 43}})
    path = save(people(40))
    there, as_old = set(tmp_path.rglob("*")), os.stat(path)
    first = call("churn_pipeline", path)
    save(others)
    os.utime(path, ns=(as_old.st_atime_ns, as_old.st_mtime_ns))
    second = call("churn_pipeline", path)
    assert os.stat(path).st_size == as_old.st_size
    for number, seen, held in ((1, first, 10), (2, second, 8)):
        metrics = {"customers": 40, "held_out": held, "accuracy": 1.0}
        returned(
            seen,
            has_metrics(seen.value, metrics),
            f"{metrics} from run {number} of two in one process. Before the second the file was"
            " replaced: other customers, of whom those leave who do not call, under the same name,"
            " in as many bytes, with the same time. (Read after both runs.)",
            "a worker runs many flow runs in one process. What is kept (a frame, a model, a cached"
            " result) is Monday's, on Tuesday.",
        )
    left = sorted(str(one.relative_to(tmp_path)) for one in set(tmp_path.rglob("*")) - there)
    assert not left, told(
        f"{first.call}, called twice, left these files: {', '.join(left)}.",
        "Expected: none, beside the export, in the temporary and in the working folder.",
        "In production: a worker runs it every night until its disk is full; and two runs at once"
        " read what the other has written. Data goes on by `return`.",
    )


# Task 3: what happened can be read in the run


def test_printed_lines_are_in_the_log(call: Call, save: Save) -> None:
    tonight = people(40)
    tonight.loc[39, "churned"] = 1 - tonight.loc[39, "churned"]
    count, accuracy, path = 40, 0.9, save(tonight)  # of ten held-out customers one is unlike others
    seen = call("churn_pipeline", path)
    lines = [text for _, text in only_flow_run(seen).logs]
    rest = [line.replace(path, "") for line in lines if path in line]
    asked = {
        f"the number of customers ({count}) and the path": any(
            re.search(rf"\b{count}\b", line) for line in rest
        ),
        f"the word accuracy and its value ({accuracy})": any(
            float(number) in (pytest.approx(accuracy), pytest.approx(100 * accuracy))
            for line in lines
            if "accuracy" in line.lower()
            for number in re.findall(r"\d+(?:\.\d+)?", line)
        ),
    }
    missing = "; ".join(f"one with {what}" for what, found in asked.items() if not found)
    assert not missing, told(
        f"{seen.call} {seen.ending}",
        f"Lines in the flow run's log: {len(lines)}. Expected among them and not found: {missing}.",
        "In production: a print goes to the terminal of a machine that nobody looks at. Who wants"
        " to know on Wednesday what Monday's run read finds 'Finished in state Completed()'.",
    )


@pytest.mark.parametrize(
    ("fault", "spoilt", "expected", "says"),
    [
        pytest.param(
            "the export did not arrive", None, FileNotFoundError, "friday.csv", id="no file"
        ),
        pytest.param(
            "the export was cut off after its first line", people(0), ValueError, "", id="no row"
        ),
        *(
            pytest.param(
                f"the export lacks the column {name}",
                people(40).drop(columns=name),
                Exception,
                name,
                id=f"no column {name}",
            )
            for name in people(0)
        ),
        pytest.param(
            "nobody in the export is held out: no customer_id is a multiple of 4",
            people(40).assign(customer_id=[4 * number + 1 for number in range(40)]),
            ValueError,
            "",
            id="nobody held out",
        ),
        pytest.param(
            "nobody in the export has left",
            people(40).assign(churned=0),
            ValueError,
            "",
            id="nobody left",
        ),
    ],
)
def test_failed_task_fails_the_flow_run(
    call: Call,
    save: Save,
    fault: str,
    spoilt: pd.DataFrame | None,
    expected: type[Exception],
    says: str,
) -> None:
    path = save(people(0) if spoilt is None else spoilt)
    if spoilt is None:
        Path(path).unlink()
    seen = call("churn_pipeline", path)
    naming = f" that names {says}" if says else ""
    why = (
        "a future before the last one was never resolved. Its error stays where it is, and the end"
        " of the chain only knows that it did not begin."
        if type(seen.error).__name__ == "UnfinishedRun"
        else "an error that is caught on the way is an alert that is never sent. One that is"
        " replaced by 'pipeline failed' sends whoever gets up at 3:00 searching."
    )
    assert isinstance(seen.error, expected) and says in str(seen.error), told(
        f"{seen.call} {seen.ending}",
        f"The fault: {fault}.",
        f"Expected: {expected.__name__}{naming}, the task's own error, out of the flow.",
        f"In production: {why}",
    )
    run = only_flow_run(seen)
    own = f"{type(seen.error).__name__}: {seen.error}"
    failed = [one.message for one in run.task_runs if one.states[-1] == "Failed"]
    assert any(own in one for one in failed), told(
        f"{seen.call} {seen.ending}",
        f"What the engine noted of the failed task runs: {[shorten(one) for one in failed]}."
        " Expected: that very error out of the flow, as the task raised it.",
        "In production: whoever catches it reads its arguments (which column, which number of the"
        " system), and another process cannot even unpack an error whose arguments are others.",
    )
    if says == "contract":
        raised_as_it_is(call, seen, spoilt)
    assert run.states[-1] == "Failed", told(
        f"{seen.call} {seen.ending}",
        f"The flow run's states: {', '.join(run.states)}. Expected at the end: Failed.",
        "In production: alerts, retries and the red dot look at the flow run's state.",
    )
    again = {"AwaitingRetry", "Retrying"}
    states = {"the flow": run.states, **{one.function: one.states for one in run.task_runs}}
    assert not any(again & set(some) for some in states.values()), told(
        f"{seen.call} {seen.ending}",
        *(f"States of {name}: {', '.join(some)}." for name, some in states.items()),
        "Expected: no retry, of the flow or of a task.",
        "In production: what is wrong in the file is wrong in the second try. A flow that is"
        " retried runs all its tasks again, and the alert comes later.",
    )


def raised_as_it_is(call: Call, seen: Seen, spoilt: pd.DataFrame) -> None:
    """Check that an error still tells what it came from, and from which line, as the task's own."""
    alone = call("engineer_features", spoilt)
    if alone.error is None or in_full(alone.error)[0] != in_full(seen.error)[0]:
        return  # another task has found it
    expected, found = in_full(alone.error), in_full(seen.error)
    assert found == expected, told(
        f"{seen.call} {seen.ending}",
        f"It came from {found[1] or 'nothing'}, out of the line {found[2]}. The task alone raises"
        f" it from {expected[1] or 'nothing'}, out of the line {expected[2]}. Expected: that error,"
        " not caught and not replaced: no `from None`, no `with_traceback`.",
        "In production: the traceback in the log ends at the flow. At 3:00 nobody sees which line"
        " of which step it was, or what had gone wrong before.",
    )


def in_full(error: Exception | None) -> tuple[str, str, str]:
    """Return an error's class and text, what it came from, and the line that raised it."""
    assert error is not None
    hidden = error.__cause__ is None and error.__suppress_context__
    cause = None if hidden else error.__cause__ or error.__context__
    lines = traceback.extract_tb(error.__traceback__)
    last = f"{Path(lines[-1].filename).name}:{lines[-1].lineno}" if lines else "none"
    return f"{type(error).__name__}: {error}", repr(cause) if cause else "", last

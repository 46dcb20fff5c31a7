"""What the engine saw of your four flows: who called whom, how each ended, and what came out."""

import json
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

NUMBERS = ["tenure_months", "monthly_charges", "support_calls"]
# Either kind of standard deviation is right; what is seen is one of the two, and no number between.
KINDS = (0, 1)
CLOSE = {"rtol": 1e-6, "atol": 1e-6}
PATIENCE_S = 8.0
# 400 customers in a file are four times as much.
MOST_CHARACTERS = 4000


class Run(NamedTuple):
    """One call of a solution's flow, and the flow runs that the engine recorded of it."""

    call: str
    ending: str
    value: Any
    error: Exception | None
    read_flow_runs: Callable[[], list[Any]]

    @property
    def flow_runs(self) -> list[Any]:
        """Read them from the server, which takes a while: only some tests look."""
        return self.read_flow_runs()

    @property
    def seen(self) -> str:
        """Say which flow runs there were."""
        return ", ".join(lineage(one) for one in self.flow_runs) or "none"


Call = Callable[..., Run]


@pytest.fixture
def call(solution: Any, prefect_history: Any) -> Call:
    """Call a flow of the solution and collect what was seen."""

    def ask(name: str, *given: Any) -> Run:
        first = prefect_history.flow_run_count
        value, error = None, None
        try:
            value = getattr(solution, name)(*given)
            ending = f"returned {shorten(repr(value))}"
        except NotImplementedError:
            raise
        except Exception as caught:  # whatever a solution raises is looked at by the tests
            error = caught
            ending = f"raised {type(caught).__name__}: {shorten(str(caught))}"
        said = ", ".join(Path(one).name if isinstance(one, str) else "..." for one in given)
        last = prefect_history.flow_run_count
        return Run(
            f"{name}({said})",
            ending,
            value,
            error,
            lambda: prefect_history.flow_runs[first:last],
        )

    return ask


LIKE_COLUMNS = "more columns, named nearly as those that are asked for"


def training(draw: Any, count: int = 240, also: Sequence[str] = ()) -> pd.DataFrame:
    """Draw the customers of the training; the numbers and contracts of some are blank."""
    return draw.customers(count, also=[LIKE_COLUMNS, *also]).frame()


def night(draw: Any, count: int = 40) -> pd.DataFrame:
    """Draw a night's customers: a tariff has doubled, and nobody knows yet who will leave."""
    tonight = draw.customers(count, churned=False, also=[LIKE_COLUMNS]).frame()
    tonight = tonight.drop(columns="contract_value", errors="ignore")
    tonight["monthly_charges"] *= 2
    # One has a digit too many or two, one is paid back, which is for whoever reads the scores.
    for name in NUMBERS:
        there = tonight.index[tonight[name].notna()]
        tonight.loc[there[0], name] *= 100
        tonight.loc[there[1], name] *= -1
    return tonight


@pytest.fixture
def past(draw: Any) -> pd.DataFrame:
    """Make the customers of the training."""
    return training(draw)


@pytest.fixture
def tonight(draw: Any) -> pd.DataFrame:
    """Make tonight's customers."""
    return night(draw)


def contracts_of(past: pd.DataFrame) -> list[str]:
    """Name the contracts of the training."""
    return sorted(past["contract"].dropna().unique())


def columns_for(past: pd.DataFrame) -> list[str]:
    """Name the columns of the features."""
    return NUMBERS + [f"contract_{name}" for name in contracts_of(past)]


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, pd.DataFrame | str], str]:
    """Write a frame, or a text, to a file of the test."""

    def to_csv(name: str, table: pd.DataFrame | str) -> str:
        path = tmp_path / name
        text = table if isinstance(table, str) else table.to_csv(index=False)
        path.write_text(text, encoding="utf-8", newline="")
        return str(path)

    return to_csv


Write = Callable[[str, pd.DataFrame | str], str]


def shorten(text: str) -> str:
    """Write a text on one line; of a long one the beginning and the end, which says what to do."""
    line = " ".join(text.split())
    return line if len(line) <= 260 else f"{line[:100]} [...] {line[-150:]}"


def told(*lines: str) -> str:
    """Write a message for somebody who is stuck, one thought a line."""
    return "\n".join(lines)


def lineage(flow_run: Any) -> str:
    """Say whose child a flow run is, and how it ended."""
    parent = f"child of {flow_run.parent.flow_name}" if flow_run.parent else "no parent"
    return f"{flow_run.flow_name} ({parent}, {flow_run.states[-1]})"


def prepared(run: Run) -> tuple[pd.DataFrame, Any]:
    """Check that the preparation returned features and statistics; give them."""
    both = run.value if isinstance(run.value, tuple) and len(run.value) == 2 else (None, None)
    assert isinstance(both[0], pd.DataFrame), told(
        f"{run.call} {run.ending}",
        "Expected: a pair, the features (a DataFrame) and the statistics.",
        "In production: neither training nor inference gets anything to work with.",
    )
    return both


def through_json(run: Run, value: Any) -> Any:
    """Carry a value to another process, as the registry or the database would: keys sorted."""
    try:
        json.dumps(value)
        return json.loads(json.dumps(value, sort_keys=True))
    except (TypeError, ValueError) as caught:
        problem = f"{type(caught).__name__}: {shorten(str(caught))}"
    return pytest.fail(
        told(
            f"{run.call} returned something that json.dumps refuses: {problem}",
            "Expected: text, numbers, lists and dicts of Python's own.",
            "In production: the training ends at 4:00, and cannot hand over what it has learnt.",
        ),
        pytrace=False,
    )


def trained(run: Run) -> Any:
    """Check that the training returned what inference needs; give it, as read from JSON."""
    complete = isinstance(run.value, dict) and {"statistics", "model"} <= run.value.keys()
    assert run.error is None and complete, told(
        f"{run.call} {run.ending}",
        "Expected: a dict with 'statistics' and 'model'.",
        "In production: no model tonight.",
    )
    return through_json(run, run.value)


def expected_numbers(past: pd.DataFrame, frame: pd.DataFrame, ddof: int = 1) -> pd.DataFrame:
    """Prepare the numbers of a frame as the training's statistics ask for."""
    means, stds = past[NUMBERS].mean(), past[NUMBERS].std(ddof=ddof)
    stds[past[NUMBERS].nunique() < 2] = 1.0
    return (frame[NUMBERS].fillna(means) - means) / stds


def has_columns(run: Run, features: pd.DataFrame, frame: pd.DataFrame, past: pd.DataFrame) -> None:
    """Check the names, the order and the types of the features, and whose they are."""
    production = (
        "the model knows its columns by position only. One more, one less or two that changed"
        " places: it multiplies the wrong numbers, and nothing raises. (JSON may have sorted the"
        " keys of the statistics, and pandas sorts the columns of two whose order differs.)"
    )
    seen, columns = [str(name) for name in features.columns], columns_for(past)
    assert seen == columns, told(
        f"{run.call} made the columns {seen}.",
        f"Expected, in this order: {columns}.",
        f"In production: {production}",
    )
    types = {name: str(kind) for name, kind in features.dtypes.items() if kind != np.float64}
    assert not types, told(
        f"{run.call}: not float64 are {types}.",
        "Expected: float64 everywhere, whatever is blank or missing in the file.",
        "In production: the types depend on tonight's file. A model that checks them refuses it,"
        " one that does not may compute something else.",
    )
    same = features.index.tolist() == frame["customer_id"].tolist()
    same = same and features.index.name == "customer_id"
    assert same and not features.isna().any(axis=None), told(
        f"{run.call}: {len(features)} rows, {int(features.isna().sum().sum())} values missing, the"
        f" index {features.index.name!r} begins with {features.index.tolist()[:3]}.",
        f"Expected: {len(frame)} rows in the file's order, none missing, and the index"
        f" customer_id, which begins with {frame['customer_id'].tolist()[:3]}.",
        "In production: a score reaches the wrong customer, or a customer has none.",
    )
    for name in contracts_of(past):
        ones = features[f"contract_{name}"].tolist()
        expected = (frame["contract"] == name).astype(float).tolist()
        assert ones == expected, told(
            f"{run.call}: contract_{name} is 1 for {sum(ones):g} customers, {shorten(str(ones))}",
            f"Expected: for {sum(expected):g} customers, {shorten(str(expected))}. 0 for a contract"
            " that is blank, or that the training did not know.",
            "In production: the strongest sign of leaving, the contract, is lost; or a new tariff"
            " is taken for an old one. (A contract may be named None or NA: that is no blank.)",
        )


def has_numbers(
    run: Run, features: pd.DataFrame, past: pd.DataFrame, frame: pd.DataFrame, production: str
) -> None:
    """Check the scaled numbers, column by column; tell the first that is wrong."""
    complete = len(features) == len(frame) and set(NUMBERS) <= set(features)
    assert complete, told(
        f"{run.call} made {len(features)} rows with the columns {list(features)}.",
        f"Expected: {len(frame)} rows, among the columns {NUMBERS}.",
        f"In production: {production}",
    )
    for name in NUMBERS:
        seen = features[name].to_numpy(float)
        either = [expected_numbers(past, frame, kind)[name].to_numpy(float) for kind in KINDS]
        wrong = min((np.flatnonzero(~np.isclose(seen, one, **CLOSE)) for one in either), key=len)
        row = wrong[0] if len(wrong) else 0
        assert not len(wrong), told(
            f"{run.call}: {name}, customer {features.index[row]}: {seen[row]:.6g}."
            f" Expected: {either[0][row]:.6g}, or {either[1][row]:.6g}. ({len(wrong)} of"
            f" {len(seen)} are wrong.)",
            "That is: blanks filled with the training's mean, less that mean, divided by the"
            " training's standard deviation, of the numbers that are there (by 1 where they are all"
            " alike). Nothing is rounded.",
            f"In production: {production}",
        )


def all_failed(run: Run, name: str) -> None:
    """Check that an error came through, and that no flow run hid it."""
    assert run.error is not None and name in str(run.error), told(
        f"{run.call} {run.ending}",
        f"The file has no column {name!r}. Expected: the child's error, which names it.",
        "In production: the preparation has failed, and the pipeline goes on with what it has.",
    )
    failed = [one for one in run.flow_runs if one.states[-1] == "Failed"]
    assert len(failed) > 1 and run.flow_runs[0].states[-1] != "Completed", told(
        f"{run.call} {run.ending}",
        f"Flow runs: {run.seen}. Expected: the child and its parent, both Failed.",
        "In production: the alert is on the parent, the cause is on its child's page. Both must be"
        " there, and red.",
    )


# Task 1: prepare at training


# Contracts by the shape that is drawn, or by these names for all.
CONTRACTS: dict[str, tuple[list[str], list[str]]] = {
    "drawn": (
        [
            "contracts named as others write a blank",
            "signs in contracts that part, quote or match elsewhere",
        ],
        [],
    ),
    # What a number would be taken for.
    "digits": ([], ["12", "012", "24"]),
    "many": (["three hundred contracts"], []),
}


# Each may be added to a frame by itself, which pandas advises against.
@pytest.mark.filterwarnings("ignore::pandas.errors.PerformanceWarning")
@pytest.mark.parametrize("contracts", CONTRACTS)
def test_training_features_have_their_columns(
    call: Call, write: Write, draw: Any, contracts: str
) -> None:
    shapes, names = CONTRACTS[contracts]

    def have_their_columns(draw: Any) -> None:
        past = training(draw, 330 if contracts == "many" else 240, also=shapes)
        if names:
            there = past["contract"].notna()
            past.loc[there, "contract"] = [
                names[row] if row < len(names) else names[row % (len(names) - 1)]
                for row in range(there.sum())
            ]
        run = call("data_preparation", write("past.csv", past))
        features, _ = prepared(run)
        has_columns(run, features, past, past)

    draw.explain(have_their_columns)


def test_training_learns_from_every_customer(call: Call, write: Write) -> None:
    count, calls = 200_003, 1000  # more than a first block of a file, or a sample of it
    head = ",".join(["customer_id", *NUMBERS, "contract", "churned"])
    lines = [f"{number},12,40.5,0,one year,0" for number in range(1, count)]
    lines.append(f"{count},12,40.5,{calls},two years,1")
    run = call("data_preparation", write("past.csv", "\n".join([head, *lines])))
    features, statistics = prepared(run)
    columns = [*NUMBERS, "contract_one year", "contract_two years"]
    mean = calls / count
    deviations = [((calls**2 / count - mean**2) * count / (count - kind)) ** 0.5 for kind in KINDS]
    expected = [(calls - mean) / one for one in deviations]
    seen = features["support_calls"].iloc[-1] if "support_calls" in features else None
    near = len(features) == count and any(np.isclose(seen, one, **CLOSE) for one in expected)
    assert near and list(features) == columns, told(
        f"{run.call} made {len(features)} rows with the columns {list(features)}; the last customer"
        f" has {seen} support_calls.",
        f"Expected: {count} rows with {columns}, and {expected[0]:.6g} (or {expected[1]:.6g}). The"
        f" last of {count} customers is the only one who called, {calls} times, and who has the"
        " contract two years.",
        "In production: an export is in the order of its customers. What is learnt from its first"
        " hundred thousand is the scale and the tariffs of the oldest ones.",
    )
    size = len(json.dumps(through_json(run, statistics)))
    assert size < MOST_CHARACTERS, told(
        f"{run.call}: the statistics of {count} customers are {size} characters of JSON.",
        f"Expected: at most {MOST_CHARACTERS}, however many customers there are.",
        "In production: a million of them do not fit into a registry.",
    )


SCALES = {
    "any": [],
    "all alike": ["one value for all rows"],
    "mostly blank": [],
    "nearly alike": ["great numbers that are nearly alike"],
}


@pytest.mark.parametrize("numbers", SCALES)
def test_training_numbers_are_on_one_scale(
    call: Call, write: Write, draw: Any, numbers: str
) -> None:
    production = "a blank becomes the poorest or the richest customer, and months outweigh euros."
    if numbers == "all alike":
        production = (
            "a number is the same for everybody since the export broke. Divided by a deviation of 0"
            " (or by what rounding has left of 0) that is no number, or a huge one, and fit_model"
            " fails hours later, over a column that tells nothing."
        )
    if numbers == "nearly alike":
        production = (
            "charges in lire, or shares in millionths, differ by little: taken for alike they are"
            " divided by 1, and outweigh all others, or weigh nothing."
        )

    def are_on_one_scale(draw: Any) -> None:
        past = training(draw, also=SCALES[numbers])
        if numbers == "mostly blank":
            past.loc[past.index[::2], "monthly_charges"] = np.nan
            past.loc[past.index[1], "monthly_charges"] = 1e6
            past["support_calls"] = [2.5, *[np.nan] * (len(past) - 1)]
        if numbers == "nearly alike":
            past["monthly_charges"] /= 1e10
        run = call("data_preparation", write("past.csv", past))
        features, _ = prepared(run)
        has_numbers(run, features, past, past, production)

    draw.explain(are_on_one_scale)


# Task 2: reuse at inference what the training has learnt


def test_inference_has_the_trainings_columns(call: Call, write: Write, draw: Any) -> None:
    def has_the_trainings(draw: Any) -> None:
        past, tonight = training(draw), night(draw)
        new_and_blank = tonight.reset_index(drop=True)
        new_and_blank.loc[[2, 3], "contract"] = ["daily", None]
        other_order = tonight[["contract", *NUMBERS[::-1], "customer_id"]]
        files = {
            "not_known_yet.csv": tonight.assign(churned=np.nan),
            "fewer_contracts.csv": other_order[tonight["contract"] == "one year"].assign(
                support_calls=np.nan
            ),
            "new_and_blank.csv": new_and_blank,
        }
        _, statistics = prepared(call("data_preparation", write("past.csv", past)))
        for name, frame in files.items():
            run = call("data_preparation", write(name, frame), statistics)
            features, _ = prepared(run)
            has_columns(run, features, frame, past)
        torn = draw.customers(12, churned=False, also=["a row with a field too many"])
        run = call("data_preparation", write("torn.csv", torn.csv()), statistics)
        if run.error is None:
            leaves_nobody_out(run, prepared(run)[0], torn.frame())

    draw.explain(has_the_trainings)


def leaves_nobody_out(run: Run, features: pd.DataFrame, frame: pd.DataFrame) -> None:
    """Check that a file that cannot be read whole has not been read in part."""
    missing = sorted({*frame["customer_id"]} - {*features.index})
    assert not missing, told(
        f"{run.call} made {len(features)} rows; customer {missing[0]} is not among them.",
        f"Expected: an error, or all {len(frame)} customers. One row of the file has a cell too"
        " many: nobody has put a contract with a comma between quotes.",
        "In production: a customer who is skipped is not scored, not called, and not missed.",
    )


def test_inference_uses_the_trainings_scale(call: Call, write: Write, draw: Any) -> None:
    def uses_the_trainings(draw: Any) -> None:
        past, tonight = training(draw), night(draw)
        # The same cells, of other customers.
        tomorrow = tonight.assign(**{name: tonight[name].to_numpy()[::-1] for name in NUMBERS})
        path = write("tonight.csv", tonight)
        _, statistics = prepared(call("data_preparation", write("past.csv", past)))
        run = call("data_preparation", path, statistics)
        has_numbers(
            run,
            prepared(run)[0],
            past,
            tonight,
            "the tariff has doubled, and tonight's own mean makes that invisible: 'average' again.",
        )
        newer = past.assign(monthly_charges=3 * past["monthly_charges"])
        call("data_preparation", write("newer.csv", newer))
        run = call("data_preparation", path, statistics)
        has_numbers(
            run,
            prepared(run)[0],
            past,
            tonight,
            "a newer training ran in this process just before, its model was not approved. The old"
            " model is asked, with the old statistics, on the new scale.",
        )
        before = os.stat(path)
        write("tonight.csv", tomorrow)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert os.stat(path).st_size == before.st_size, "the test is to write as many bytes"
        # Nobody of these has called or has a contract: there is little to learn, and it is learnt.
        few = past.assign(support_calls=0, contract=None)
        _, little = prepared(call("data_preparation", write("few.csv", few)))
        run = call("data_preparation", path, little)
        features, _ = prepared(run)
        has_columns(run, features, tomorrow, few)
        has_numbers(
            run,
            features,
            few,
            tomorrow,
            "the export comes at the same path each night, in as many bytes, with the time that the"
            " store gives it. Who remembers a file by these scores yesterday's customers. (Who"
            " learns from it what the training has as 0 or as an empty list scores each customer by"
            " the others of the night.)",
        )

    draw.explain(uses_the_trainings)


def test_missing_column_is_named(call: Call, write: Write, past: pd.DataFrame) -> None:
    _, statistics = prepared(call("data_preparation", write("past.csv", past)))
    for name in ["customer_id", *NUMBERS, "contract"]:
        renamed = write("renamed.csv", past.rename(columns={name: name.capitalize()}))
        run = call("data_preparation", renamed, statistics)
        assert run.error is not None and name in str(run.error), told(
            f"{run.call} {run.ending}",
            f"The file has no column {name!r}, only {name.capitalize()!r}. Expected: an error that"
            f" names {name!r}.",
            "In production: the export was changed. What is guessed, or filled in, is scored all"
            " night, and nobody hears that a column is gone.",
        )


def test_customer_alone_has_the_same_features(call: Call, write: Write, past: pd.DataFrame) -> None:
    training = call("data_preparation", write("past.csv", past))
    features, statistics = prepared(training)
    given = through_json(training, statistics)
    run = call("data_preparation", write("alone.csv", past.iloc[[3]]), given)
    alone, _ = prepared(run)
    customer = past["customer_id"].iloc[3]
    seen, expected = alone.iloc[0].round(4).to_dict(), features.iloc[3].round(4).to_dict()
    assert list(alone.columns) == list(features.columns), told(
        f"{run.call} made the columns {list(alone.columns)}. The statistics had been written to"
        " JSON and read back, with the keys of each dict sorted.",
        f"Expected, as at the training: {list(features.columns)}.",
        "In production: a store may sort the keys (`sort_keys=True`, jsonb of Postgres), and pandas"
        " sorts the columns of two whose order differs. The model multiplies by position.",
    )
    assert len(alone) == 1 and seen == expected, told(
        f"{run.call}: customer {customer}, the only one of the file, has {seen}. The statistics had"
        " been written to JSON and read back.",
        f"Among the others at the training the same customer had {expected}. Expected: the same.",
        "In production: scored at the counter, a customer gets another answer than in the nightly"
        " batch. A mean of one value is the value, its deviation is nothing.",
    )


def test_statistics_survive_json(call: Call, write: Write, past: pd.DataFrame) -> None:
    run = call("data_preparation", write("past.csv", past))
    _, statistics = prepared(run)
    read_back = through_json(run, statistics)
    assert read_back == statistics, told(
        f"{run.call}: the statistics are {shorten(repr(statistics))}",
        f"Expected: the same after json.dumps and json.loads, not {shorten(repr(read_back))}",
        "In production: what comes from the registry is not what the training had: a tuple is a"
        " list there, a number that was a key is text.",
    )
    size = len(json.dumps(read_back))
    assert size < MOST_CHARACTERS, told(
        f"{run.call}: the statistics of {len(past)} customers are {size} characters of JSON.",
        f"Expected: a few hundred, at most {MOST_CHARACTERS}, however many customers there are.",
        "In production: whoever gets the model gets the customers' data with it, and a million of"
        " them do not fit into a registry.",
    )


# Task 3: one child, two parents


def test_inference_prepares_as_the_training_did(
    call: Call, write: Write, past: pd.DataFrame, tonight: pd.DataFrame
) -> None:
    tonight = tonight.assign(contract="one year")
    training = call("training_pipeline", write("past.csv", past))
    given = trained(training)
    learnt_from_its_customers(training, given["model"], past)
    # As it was trained last month, elsewhere: no model that this process knows.
    given["model"]["intercept"] += 0.5
    inference = call("inference_pipeline", write("tonight.csv", tonight), given)
    share_a_child(training, inference)
    seen = inference.value if isinstance(inference.value, dict) else {}
    either = [scores_of(given["model"], past, tonight, kind) for kind in KINDS]
    both = [
        {
            customer: (seen[customer], expected[customer])
            for customer in expected
            if customer in seen and not np.isclose(seen[customer], expected[customer], **CLOSE)
        }
        for expected in either
    ]
    apart, expected = min(both, key=len), either[0]
    plain = all(type(one) is int and isinstance(seen[one], float) for one in seen)
    assert list(seen) == list(expected) and plain and not apart, told(
        f"{inference.call} {inference.ending}",
        f"Expected: a probability (float) for each of the {len(expected)} customers (int), in the"
        f" file's order, {shorten(str(list(expected)))}, from the model that is given and the"
        " training's scale."
        + (f" Customer: (seen, expected) {shorten(str(apart))}" if apart else ""),
        "In production: train/serve skew. The model is right, its input is not, and no run is red."
        " (The statistics had been read from JSON, with the keys of each dict sorted; the model is"
        " another one than this process has trained. Beyond 2**53 a float does not hold each id.)",
    )


def learnt_from_its_customers(run: Run, model: dict[str, Any], past: pd.DataFrame) -> None:
    """Check that the model is that of the features of these customers, and of who has left."""
    seen = np.array(model["weights"])
    either = []
    for kind in KINDS:
        inputs = expected_inputs(past, past, kind)
        fitted = LogisticRegression(max_iter=1000).fit(inputs.to_numpy(), past["churned"])
        either.append(fitted.coef_[0])
    right = any(np.shape(seen) == one.shape and np.allclose(seen, one, atol=1e-3) for one in either)
    assert right, told(
        f"{run.call}: its model has {len(seen)} weights, {shorten(str(seen.round(3)))}",
        f"Expected: one for each of {columns_for(past)}, {shorten(str(either[0].round(3)))}: those"
        " of fit_model for the features of all customers, each beside its own `churned`.",
        "In production: what the model learns from is not what data_preparation makes, or it is"
        " told of one customer that another one has left.",
    )


def expected_inputs(past: pd.DataFrame, frame: pd.DataFrame, kind: int) -> pd.DataFrame:
    """Prepare a frame as the training's statistics ask for."""
    contracts = {
        f"contract_{name}": (frame["contract"] == name).astype(float) for name in contracts_of(past)
    }
    return expected_numbers(past, frame, kind).assign(**contracts)


def scores_of(
    model: dict[str, Any], past: pd.DataFrame, frame: pd.DataFrame, kind: int
) -> dict[int, float]:
    """Say how likely the customers of a frame are to leave, with either kind of deviation."""
    logits = (
        expected_inputs(past, frame, kind).to_numpy() @ np.array(model["weights"])
        + model["intercept"]
    )
    ids, scores = frame["customer_id"].tolist(), (1 / (1 + np.exp(-logits))).tolist()
    return dict(zip(ids, scores, strict=True))


def share_a_child(training: Run, inference: Run) -> None:
    """Check that both pipelines called the same flow, as a child of each."""
    names = []
    for run in (training, inference):
        parent, others = run.flow_runs[:1], run.flow_runs[1:]
        names.append({o.flow_name for o in others if o.parent and o.parent.id == parent[0].id})
        assert names[-1], told(
            f"{run.call} {run.ending}",
            f"Flow runs: {run.seen}. Expected: the pipeline, and data_preparation as its child.",
            "In production: the run page does not show the preparation, its parameters, or that it"
            " was the preparation which failed. A flow called as a flow is a child by itself.",
        )
    assert names[0] & names[1], told(
        f"{training.call} prepared with {sorted(names[0])}, {inference.call} with"
        f" {sorted(names[1])}.",
        "Expected: one flow, called by both.",
        "In production: two copies are the same on the day they are made. In March somebody mends"
        " the one, and the model meets numbers that it was never trained on.",
    )


def test_failing_child_fails_its_parent(call: Call, write: Write, past: pd.DataFrame) -> None:
    missing = "support_calls"
    given = trained(call("training_pipeline", write("past.csv", past)))
    broken = write("broken.csv", past.drop(columns=missing))
    all_failed(call("training_pipeline", broken), missing)
    all_failed(call("inference_pipeline", broken, given), missing)


# Task 4: two children at once


class Meeting:
    """Holds whoever opens one of two files until the other one is opened as well.

    If it is `late`, the one who opens the first path is held until what happens meanwhile is over.
    """

    def __init__(self, *paths: str, late: bool = False) -> None:
        """Wait for these two."""
        self.took_place = False
        self.over = False
        self.is_held = False
        self._late = os.path.abspath(paths[0]) if late else None
        self._begun, self._enough = threading.Event(), threading.Event()
        self._awaited = {os.path.abspath(path) for path in paths}
        self._barrier = threading.Barrier(2)
        self._lock = threading.Lock()

    def hear(self, event: str, details: tuple[Any, ...]) -> None:
        """Be told by Python of every file that is opened, in the thread that opens it."""
        if self.over or event != "open" or not isinstance(details[0], str | bytes):
            return
        path = os.path.abspath(os.fsdecode(details[0]))
        with self._lock:
            if path not in self._awaited:
                return
            self._awaited.remove(path)
        try:
            self._barrier.wait(PATIENCE_S)
            self.took_place = True
        except threading.BrokenBarrierError:
            pass  # nobody came: go on, the test tells
        if path == self._late:
            self.is_held = True
            self._begun.set()
            self._enough.wait(3 * PATIENCE_S)
            self.is_held = False

    def meanwhile(self, act: Callable[[], Run]) -> Run | None:
        """Do something while somebody is held, then hold nobody; nothing if nobody ever is."""
        self._begun.wait(2 * PATIENCE_S)
        try:
            return None if self.over else act()
        finally:
            self._enough.set()

    def end(self) -> None:
        """Hold nobody any more."""
        self.over = True  # an audit hook cannot be taken away
        self._begun.set()
        self._enough.set()


@pytest.fixture
def meet() -> Iterator[Callable[..., Meeting]]:
    """Arrange a meeting at two files."""
    meetings = []

    def arrange(*paths: str, late: bool = False) -> Meeting:
        meetings.append(Meeting(*paths, late=late))
        sys.addaudithook(meetings[-1].hear)
        return meetings[-1]

    yield arrange
    for meeting in meetings:
        meeting.end()


def measures_drift(
    run: Run, past: pd.DataFrame, reference: pd.DataFrame, tonight: pd.DataFrame
) -> None:
    """Check the report's numbers."""
    either = [drift_of(past, reference, tonight, kind) for kind in KINDS]
    value = run.value if isinstance(run.value, dict) else {}
    seen = {str(name): float(number) for name, number in value.items()}
    right = any(seen == pytest.approx(one, rel=CLOSE["rtol"], abs=CLOSE["atol"]) for one in either)
    rounded = [{name: round(one[name], 3) for name in one} for one in (seen, *either)]
    assert right, told(
        f"{run.call} {run.ending}",
        f"Rounded: {rounded[0]}. Expected: {rounded[1]}, or {rounded[2]}.",
        "In production: each file prepared with its own statistics has the mean 0 and the deviation"
        " 1. The tariff has doubled, and the report says: no drift.",
    )


def drift_of(
    past: pd.DataFrame, reference: pd.DataFrame, tonight: pd.DataFrame, kind: int
) -> dict[str, float]:
    """Say how far the means of the features have moved, with either kind of deviation."""
    means = [expected_numbers(past, frame, kind).mean() for frame in (tonight, reference)]
    shift = means[0] - means[1]
    shares = [
        {f"contract_{name}": (frame["contract"] == name).mean() for name in contracts_of(past)}
        for frame in (tonight, reference)
    ]
    return shift.to_dict() | {name: shares[0][name] - shares[1][name] for name in shares[0]}


def test_report_compares_two_children_at_once(
    call: Call,
    write: Write,
    past: pd.DataFrame,
    tonight: pd.DataFrame,
    meet: Callable[..., Meeting],
    impatience: Any,
) -> None:
    # The training knew a contract that neither of the two files has: its column is 0 in both.
    tonight = tonight[tonight["contract"] != "one year"]
    reference = past[past["contract"] != "one year"]
    paths = write("tonight.csv", tonight), write("reference.csv", reference)
    training = call("data_preparation", write("past.csv", past))
    _, statistics = prepared(training)
    meeting = meet(*paths)
    with impatience() as limits:
        run = call("drift_report", *paths, through_json(training, statistics))
    assert run.error is None, told(
        f"{run.call} {run.ending}",
        "Expected: a report; both files are in order."
        + (f" Its wait of at most {limits[0]:g} s was over before them." if limits else ""),
        "In production: no report tonight. The real files take an hour, and a child is waited for"
        " as long as it works.",
    )
    assert meeting.took_place, told(
        f"{run.call} {run.ending}",
        f"Whoever opened a file first was held for {PATIENCE_S:g} s. The other file was not opened"
        " in that time. Expected: both children at work at once.",
        "In production: two preparations of thirty minutes are one hour. A flow that is called is"
        " waited for; and asyncio changes only at an await, which pandas does not have.",
    )
    parent, others = run.flow_runs[:1], run.flow_runs[1:]
    linked = [one for one in others if one.parent and one.parent.id == parent[0].id]
    assert len(linked) >= 2 and all(one.parent for one in others), told(
        f"{run.call} {run.ending}",
        f"Flow runs: {run.seen}. Expected: the report, and two children of it.",
        "In production: what is not a child of the report is missing on its run page, and lies"
        " beside it as a run of unknown origin. Cancelling the report does not reach it. A new"
        " thread does not know whose it is: the parent is in the context, which has to be given to"
        " it.",
    )
    measures_drift(run, past, reference, tonight)


def test_failing_child_fails_the_report(
    call: Call,
    write: Write,
    past: pd.DataFrame,
    tonight: pd.DataFrame,
    meet: Callable[..., Meeting],
) -> None:
    missing = "monthly_charges"
    _, statistics = prepared(call("data_preparation", write("past.csv", past)))
    broken = write("broken.csv", past.drop(columns=missing))
    paths = write("tonight.csv", tonight), broken
    others = write("other.csv", past.iloc[:50]), write("reference.csv", past)
    meeting, beside = meet(*paths, late=True), meet(*others)
    with ThreadPoolExecutor(1) as pool:
        # The engine's settings are in the context.
        ask = pool.submit(
            copy_context().run,
            meeting.meanwhile,
            lambda: call("drift_report", *others, statistics),
        )
        try:
            run = call("drift_report", *paths, statistics)
        finally:
            left_alone = meeting.is_held
            meeting.end()
        other = ask.result()
    all_failed(run, missing)
    gone = [str(Path(broken).with_name(name)) for name in ("gone.csv", "lost.csv")]
    alone = call("data_preparation", gone[0], statistics).error
    both = call("drift_report", *gone, statistics)
    assert type(both.error) is type(alone), told(
        f"{both.call} {both.ending}",
        f"Neither file is there. data_preparation alone raises {type(alone).__name__}. Expected:"
        " the error of one of the two children, either, as it is.",
        "In production: who catches a missing export does not catch a group of errors, or one that"
        " says so in other words, on the one night when both are missing.",
    )
    assert not left_alone, told(
        f"{run.call} {run.ending}",
        "The child that reads tonight.csv was still at work then. Expected: the report ends when"
        " both have ended, also when the other has failed.",
        "In production: a run that is over goes on reading for an hour, in a thread that nobody"
        " knows of. Who mends the file and starts the report again has three children at work.",
    )
    assert other is not None and beside.took_place, told(
        f"While the child that reads tonight.csv was held, drift_report(other.csv, reference.csv,"
        f" ...) was called from another thread. It {other.ending if other else 'never began'}",
        f"Its two files were not open at once within {PATIENCE_S:g} s. Expected: both children at"
        " work at once, whatever another report is doing.",
        "In production: one process runs the reports of many. With a lock, a count of places or a"
        " pool that all of them share, one slow file holds up everybody's night.",
    )
    measures_drift(other, past, past, past.iloc[:50])

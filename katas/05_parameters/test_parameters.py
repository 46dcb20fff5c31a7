"""What the engine saw of your two flows: parameters, names, tags, and what ran before a refusal."""

import contextlib
import copy
import csv
import io
import math
import os
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import numpy as np
import prefect
import pytest
from prefect.client.orchestration import PrefectClient, SyncPrefectClient

ALL_COLUMNS = ["tenure_months", "monthly_charges", "support_calls"]
DEFAULTS = {"n_estimators": 100, "max_depth": 10, "experiment_name": "default"}
AS_REPORTED = {"n_estimators": "trees", "max_depth": "deepest"}
NO_FILE = "no_such_customers.csv"


class Run(NamedTuple):
    """One call of a solution's flow, and what the engine recorded of it."""

    call: str
    ending: str
    value: Any
    error: Exception | None
    is_flow_run: bool
    read_flow_run: Callable[[], Any]
    task_runs: list[Any]

    @property
    def report(self) -> dict[str, Any]:
        """Return what the call returned, or nothing where that is not a report."""
        return self.value if isinstance(self.value, dict) else {}


Call = Callable[..., Run]


@pytest.fixture
def path(draw: Any, tmp_path: Path) -> str:
    """Write tonight's customers."""
    file = tmp_path / "customers.csv"
    # No blanks: the two tasks that read and learn are given, and know none.
    text = draw.customers(400, tame=["blanks"]).csv()
    file.write_text(text, encoding="utf-8", newline="")
    return str(file)


@pytest.fixture
def call(solution: Any, prefect_history: Any, request: pytest.FixtureRequest) -> Call:
    """Call a flow of the solution on tonight's customers and collect what was seen."""

    def ask(name: str, path: str = "", on: Any = solution, **told: Any) -> Run:
        path = path or request.getfixturevalue("path")  # drawn where somebody reads it
        first = prefect_history.flow_run_count
        ran = len(prefect_history.task_runs)
        given = ", ".join([repr(Path(path).name), *(f"{key}={told[key]!r}" for key in told)])
        value, error = None, None
        try:
            value = getattr(on, name)(path, **told)
            ending = f"returned {shorten(repr(value))}"
        except NotImplementedError:
            raise
        except Exception as caught:  # whatever a solution raises is looked at by the tests
            error = caught
            ending = f"raised {type(caught).__name__}: {shorten(str(caught))}"
        return Run(
            f"{name}({given})"
            + " under `python -O`, which leaves each `assert` out," * (on is not solution),
            ending,
            value,
            error,
            prefect_history.flow_run_count > first,
            lambda: prefect_history.flow_runs[first],
            prefect_history.task_runs[ran:],
        )

    return ask


def shorten(text: str) -> str:
    """Write a text on one line; of a long one the beginning and the end, which says what to do."""
    line = " ".join(text.split())
    return line if len(line) <= 260 else f"{line[:100]} [...] {line[-150:]}"


def told(*lines: str) -> str:
    """Write a message for somebody who is stuck, one thought a line."""
    return "\n".join(lines)


def was_flow_run(run: Run) -> None:
    """Check that the engine knows of the call."""
    assert run.is_flow_run, told(
        f"{run.call} {run.ending}",
        "The engine recorded no flow run. Expected: one, of a function that is a flow.",
        "In production: no run page, no parameters, no history. It is still a notebook cell.",
    )


def trained_with(run: Run, expected: dict[str, Any], production: str) -> None:
    """Check that a model was fitted with these parameters, as its report says."""
    wanted = {AS_REPORTED.get(name, name): value for name, value in expected.items()}
    seen = {key: run.report.get(key) for key in wanted}
    assert run.error is None and seen == wanted, told(
        f"{run.call} {run.ending}",
        f"Of the fitted model: {seen}. Expected: {wanted}.",
        f"In production: {production}",
    )
    was_flow_run(run)


def refused_before_work(run: Run, name: str, production: str) -> None:
    """Check that a call was refused, with an error that names the culprit, before any work."""
    began = ", ".join(task_run.function for task_run in run.task_runs)
    assert not run.task_runs, told(
        f"{run.call} was accepted: {began} had begun. It {run.ending}",
        f"Expected: no task run, and an error that names {name!r}.",
        f"In production: {production}",
    )
    assert run.error is not None and name in str(run.error), told(
        f"{run.call} {run.ending}",
        f"Expected: an exception whose text names {name!r}, and nothing returned.",
        f"In production: {production}",
    )


# Task 1: one flow, any hyper-parameters, no edit


# What a worker's environment may hold for its own reasons: the terminal's width is COLUMNS.
ENVIRONMENT = {
    "N_ESTIMATORS": "5",
    "MAX_DEPTH": "3",
    "EXPERIMENT_NAME": "of-the-worker",
    "COLUMNS": '["support_calls"]',
    "FOREST": '{"n_estimators": 5, "max_depth": 3}',
}


@pytest.fixture
def other_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have names in the environment that are those of parameters, too."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("other_environment")
def test_flow_runs_on_its_defaults(call: Call) -> None:
    run = call("train_churn_model")
    trained_with(
        run,
        {**DEFAULTS, "columns": ALL_COLUMNS},
        "the nightly schedule calls the flow without arguments. Its defaults are the model that"
        f" the customers get, whatever the environment of the worker says: {ENVIRONMENT}.",
    )


def test_only_what_is_overridden_changes(call: Call, path: str) -> None:
    overrides = {"n_estimators": 5, "max_depth": 3, "experiment_name": "Small-2"}
    first = call("train_churn_model", **overrides)
    trained_with(
        first,
        {**overrides, "columns": ALL_COLUMNS},
        "a sweep of twelve settings trains the same model twelve times, or another one than its"
        " row in the table says. The best of them cannot be made again.",
    )
    first.report["columns"].append("accuracy")  # for the head of a table, say
    trained_with(
        call("train_churn_model", n_estimators=6),
        {**DEFAULTS, "n_estimators": 6, "columns": ALL_COLUMNS},
        f"just before, in the same process, a colleague tried {overrides}, and added to the list of"
        " columns in what came back. What is still there of it is in tonight's model; no line of"
        " code changed, so nobody looks there.",
    )
    everybody_leaves(path)
    trained_with(
        call("train_churn_model", n_estimators=2),
        {"n_estimators": 2, "max_depth": 0},
        "the export has the same name each night. In this one, all customers leave: a forest that"
        " asks for more than that has learnt from the customers of the night before. (The file has"
        " been mended in its place: size and time of change are what they were.)",
    )


def everybody_leaves(path: str) -> None:
    """Write 1 for each customer, so that no tree needs a level; to the eye it is the same file."""
    file, before = Path(path), os.stat(path)
    text = file.read_text(encoding="utf-8")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    where, mended = rows[0].index("churned"), io.StringIO()
    csv.writer(mended, lineterminator="\n").writerows(
        [rows[0], *([*row[:where], "1", *row[where + 1 :]] for row in rows[1:])]
    )
    file.write_text(mended.getvalue()[: len(text)], encoding="utf-8", newline="")
    assert file.stat().st_size == before.st_size, "the test is to write a file of the same size"
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_engine_records_what_was_used(call: Call, path: str) -> None:
    overrides = {"n_estimators": 7}
    expected = {**DEFAULTS, **overrides, "path": path}
    run = call("train_churn_model", **overrides)
    was_flow_run(run)
    recorded = run.read_flow_run().parameters
    assert {name: recorded.get(name) for name in expected} == expected, told(
        f"{run.call} {run.ending}",
        f"Parameters on the run's page: {in_short(recorded)}. Expected: {in_short(expected)}.",
        "In production: in March somebody asks how the model of January was trained. A default that"
        " is looked up inside, or a dict of keywords, leaves no answer on the page.",
    )


def in_short(parameters: dict[str, Any]) -> dict[str, Any]:
    """Leave the folder of the test out."""
    return {
        name: Path(value).name if name == "path" else value for name, value in parameters.items()
    }


# Task 2: refuse before any work starts


LIMITS = {"n_estimators": (1, 1000), "max_depth": (1, 30)}
PARAMETERS = [*LIMITS, "experiment_name"]
SIGNS = "[A-Za-z0-9_-]"
OTHER_SIGNS = (
    "accents",
    "a line break",
    "spaces",
    "a digit of another script",
    "a sign between Z and a",
    "a letter that is one of a-z only in another case",
)


def refused_values(name: str, draw: Any) -> list[Any]:
    """Return values of each kind that a parameter must not have, as JSON has them."""
    if name in LIMITS:
        least, most = LIMITS[name]
        # A file of settings may be read with `parse_float=Decimal`.
        return [least - 1, most + 1, math.nextafter(7, 8), "7.5", Decimal("7.5"), None]
    # A number is no text; in each of the others is a sign that is no letter, digit, - or _.
    drawn = draw.names()
    return ["", 2025, " A_b-9", *(drawn[kind] for kind in OTHER_SIGNS)]


@pytest.mark.parametrize("name", PARAMETERS)
def test_bad_value_is_refused_before_any_work(call: Call, draw: Any, laws: Any, name: str) -> None:
    optimized = laws.load_optimized()
    # As numpy has it in a sweep: cut, it lies within the limits.
    most = LIMITS[name][1] if name in LIMITS else None
    fraction = [np.float64(most + 0.9), np.float32(7.5), Fraction(15, 2)] if most else []
    for value in refused_values(name, draw) + fraction:
        run = call("train_churn_model", path=NO_FILE, on=optimized, **{name: value})
        refused_before_work(
            run,
            name,
            "the customers are loaded for forty minutes before the mistake is told (reading in the"
            " flow's own body is work too; here there is no file, and nobody should have found"
            " out); or the value is rounded, cut or replaced, and a model is trained that nobody"
            " asked for.",
        )
        blamed = [other for other in PARAMETERS if other != name and other in str(run.error)]
        assert not blamed, told(
            f"{run.call} {run.ending}",
            f"The error names {blamed}, too. Expected: the one whose value is wrong, {name!r}.",
            "In production: the error names three parameters. Which of them do you mend at 3:00?",
        )
    last = run.read_flow_run().states[-1] if run.is_flow_run else "Failed"
    assert last == "Failed", told(
        f"{run.call} {run.ending}",
        f"The flow run ended in {last}. Expected: Failed, or no flow run.",
        "In production: the run page is not red, so nobody looks for the error.",
    )


def began_its_work(run: Run) -> None:
    """Check that a call was not refused: it looked for the customers."""
    assert run.task_runs, told(
        f"{run.call} {run.ending}",
        "No task run had begun. Expected: all of these values are allowed, the limits included;"
        " only the first task finds that there is no file.",
        "In production: a check that refuses what is right is soon switched off, with all others.",
    )


def test_values_at_the_limits_are_allowed(call: Call, draw: Any) -> None:
    most = {"n_estimators": 1000, "max_depth": 1}
    for name in draw.names(signs=SIGNS, tame=["200 characters"]).values():
        began_its_work(call("train_churn_model", path=NO_FILE, experiment_name=name, **most))
    fewest = {"n_estimators": 1, "max_depth": 30, "experiment_name": "A_b-9"}
    run = call("train_churn_model", **fewest)
    seen = run.report.get("trees"), run.report.get("experiment_name")
    assert run.error is None and seen == (fewest["n_estimators"], fewest["experiment_name"]), told(
        f"{run.call} {run.ending}",
        "Expected: a model of that one tree, under that name; 1 tree and 30 levels are allowed.",
        "In production: a check that refuses what is right is soon switched off, with all others.",
    )


def test_number_as_text_is_a_number_or_refused(call: Call) -> None:
    text, number = "8", 8
    run = call("train_churn_model", n_estimators=text)
    if run.error is None and run.report.get("trees") == number:
        return
    refused_before_work(
        run,
        "n_estimators",
        "what comes from a form, an environment variable or a command line is text. It is found out"
        " in the last step, or never: '9' is greater than '100'.",
    )


def test_misspelt_parameter_is_refused(call: Call) -> None:
    right = {"n_estimators": 1}
    trained_with(call("train_churn_model", **right), right, "not even the right name is taken.")
    for name in ("n_estimator", "trees"):
        run = call("train_churn_model", path=NO_FILE, **{name: 5})
        refused_before_work(
            run,
            name,
            f"somebody asks for {name}=5 and gets 100 trees, and the conclusion 'it makes no"
            " difference' goes into the report; or gets 5, and whoever looks for n_estimators does"
            " not find the run.",
        )


# Task 3: a run tells its configuration by its name and tags


def test_run_name_tells_the_configuration(call: Call, draw: Any) -> None:
    long = draw.names()["200 characters, the last one another"]
    many = {"n_estimators": 6, "max_depth": 3, "experiment_name": long}
    few = {"n_estimators": 6}
    for overrides, expected in (
        (many, f"{long}-6x3"),
        (few, "default-6x10"),
        ({"n_estimators": 6.0, "path": NO_FILE}, "default-6x10"),
    ):
        with tags_refused() if overrides is few else contextlib.nullcontext():
            run = call("train_churn_model", **overrides)
        if isinstance(overrides["n_estimators"], float) and not run.task_runs:
            continue  # such a number may be refused
        was_flow_run(run)
        if overrides is few and run.error is not None:
            continue  # whoever asks the server to tag a run hears that it would not
        if overrides is few:
            is_found_by_tag(
                run,
                "experiment:default",
                "The server had refused to change the tags of the run (an update with `tags`"
                " raises, for this call). Expected, too: an error, if not the tag.",
            )
        seen = run.read_flow_run().name
        assert seen == expected, told(
            f"{run.call} {run.ending}",
            f"The flow run is named {seen!r}. Expected: {expected!r}.",
            "In production: forty runs of one night, named 'amber-otter' or all alike. Which one"
            " was the good one? A name that is cut, or has 6.0 where others have 6, is not found.",
        )


@contextlib.contextmanager
def tags_refused() -> Iterator[None]:
    """Have the server refuse to change the tags of a flow run, for the length of a block."""
    with contextlib.ExitStack() as stack:
        for client in (PrefectClient, SyncPrefectClient):
            real = client.update_flow_run

            def update(*args: Any, real: Any = real, **more: Any) -> Any:
                if more.get("tags") is not None:
                    raise ConnectionError("the server does not change the tags of a run tonight")
                return real(*args, **more)

            stack.enter_context(mock.patch.object(client, "update_flow_run", update))
        yield


def is_found_by_tag(run: Run, expected: str, why: str) -> tuple[set[str], list[list[str]], str]:
    """Check that a run, or each of its task runs, has a tag; return all that there are."""
    on_tasks = [sorted(task_run.tags) for task_run in run.task_runs]
    on_every_task = bool(on_tasks) and all(expected in tags for tags in on_tasks)
    tags = set(run.read_flow_run().tags)
    seen = f"Tags of the flow run: {sorted(tags)}; of its task runs: {on_tasks}."
    assert expected in tags or on_every_task, told(
        f"{run.call} {run.ending}",
        f"{seen} Expected: {expected!r} on the flow run or on each of its task runs. {why}",
        "In production: who filters runs by this tag finds another experiment's, or nothing, or"
        " only what went well. What a hook raises, or a thread of its own, the engine swallows.",
    )
    return tags, on_tasks, seen


def test_run_is_found_by_its_experiment(call: Call) -> None:
    expected, callers = "experiment:Small_2", {"sweep:friday", "experiment:autumn"}
    for more in ({"n_estimators": 6}, {"path": NO_FILE}):  # the second one fails
        with prefect.tags(*callers):
            run = call("train_churn_model", experiment_name="Small_2", **more)
        was_flow_run(run)
        tags, on_tasks, seen = is_found_by_tag(run, expected, "Also if the run fails.")
        lost = [one for one in (tags, *on_tasks) if not callers <= set(one)]
        assert not lost, told(
            f"{run.call}, within `with tags(*{sorted(callers)})`, {run.ending}",
            f"{seen} Expected: the caller's on the flow run and on each of its task runs, also one"
            " that begins as yours. (The client's `update_flow_run` replaces all tags: give it"
            " those that are there, too.)",
            "In production: the sweep of Friday evening has forty runs, and none is found under its"
            " tag.",
        )


# Task 4: one typed configuration


def test_config_changes_only_what_it_names(call: Call, path: str) -> None:
    one = {"forest": {"n_estimators": 4}}
    several = {
        "experiment_name": "calls-only",
        "columns": ["support_calls", "tenure_months"],
        "forest": {"n_estimators": 4, "max_depth": 2},
    }
    for config in (one, several):
        expected = {**DEFAULTS, "columns": ALL_COLUMNS, **config, **config["forest"]}
        del expected["forest"]
        if config is several:
            lose(path, "monthly_charges")
        trained_with(
            call("train_from_config", config=copy.deepcopy(config)),
            expected,
            "the file of settings says one thing and the model is another: what it names is used as"
            " it is, all else has its default. (For the second call the file has lost"
            " monthly_charges, which that configuration does not name: nobody needs it.)",
        )


def lose(path: str, column: str) -> None:
    """Take a column out of a file."""
    with Path(path).open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    where = rows[0].index(column)
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([*row[:where], *row[where + 1 :]] for row in rows)


@pytest.mark.usefixtures("other_environment")
def test_configured_runs_share_no_default(call: Call) -> None:
    first = {
        "experiment_name": "first",
        "columns": ["support_calls"],
        "forest": {"n_estimators": 4, "max_depth": 2},
    }
    call("train_from_config", config=copy.deepcopy(first))
    trained_with(
        call("train_from_config"),
        {**DEFAULTS, "columns": ALL_COLUMNS},
        f"the schedule says nothing, and expects the defaults. Just before, in the same process, a"
        f" run was told {first}: what was still there of it? (Or is it the environment of the"
        f" worker, {ENVIRONMENT}?)",
    )


def test_callers_config_stays_as_it_is(call: Call) -> None:
    config = {"columns": ["support_calls"], "forest": {"n_estimators": 4}}
    given = copy.deepcopy(config)
    run = call("train_from_config", config=given)
    assert run.error is None and given == config, told(
        f"{run.call} {run.ending}",
        f"The caller's dict afterwards: {given}. Expected: {config}, as it was.",
        "In production: a sweep hands one base configuration to forty runs. What the first one"
        " writes into it, the other thirty-nine obey.",
    )


def test_unknown_key_is_refused(call: Call) -> None:
    for config, name in (
        ({"experiment": None}, "experiment"),
        ({"Forest": {"max_depth": 3}}, "Forest"),
        ({"_forest": {"max_depth": 3}}, "_forest"),
        *(({key: 3}, key) for key in ("name", "features", "n_estimators")),
        ({"forest": {"max_deph": 3}}, "max_deph"),
        ({"forest": {"n_trees": 3}}, "n_trees"),
        ({"forest": {"_max_depth": 3}}, "_max_depth"),
        ({"forest": {"max-depth": 3}}, "max-depth"),
        *(({"forest": {key: 3}}, key) for key in ("trees", "depth", "maxDepth", "random_state")),
    ):
        refused_before_work(
            call("train_from_config", path=NO_FILE, config=config),
            name,
            "a misspelt key is skipped, the default is used in its place, and the run is green; or"
            " it is taken for what somebody may have meant, and the next one is not. Pydantic skips"
            " unknown keys unless it is told not to.",
        )


def as_config(values: dict[str, Any]) -> dict[str, Any]:
    """Write parameters where the configuration has them."""
    forest = {name: value for name, value in values.items() if name in LIMITS}
    rest = {name: value for name, value in values.items() if name not in LIMITS}
    return {**rest, **({"forest": forest} if forest else {})}


BAD_SECTIONS: dict[str, list[Any]] = {
    # One that is known does not make the others so; the text of one column is no list.
    "columns": [
        ["support_calls", "tenure"],
        [],
        ["support_calls", "support_calls"],
        [" support_calls", "tenure_months"],
        ["churned"],
        "support_calls",
        None,
        {"support_calls": True, "tenure_months": False},
        [["support_calls"]],
        [{"name": "support_calls"}],
        ["support_calls", None],
    ],
    "forest": [None, '{"max_depth": 3}', [3]],
}


@pytest.mark.parametrize("name", [*PARAMETERS, *BAD_SECTIONS])
def test_bad_config_is_refused_before_any_work(call: Call, draw: Any, laws: Any, name: str) -> None:
    optimized = laws.load_optimized()
    for value in BAD_SECTIONS.get(name) or refused_values(name, draw):
        config = as_config({name: value})
        refused_before_work(
            call("train_from_config", path=NO_FILE, on=optimized, config=config),
            name,
            "the file of settings is checked by its last user, after the loading; or by nobody. Or"
            " what is misspelt is repaired in silence, and the next mistake is not.",
        )


def test_config_at_the_limits_is_allowed(call: Call) -> None:
    for trees, depth, name in ((1, 30, "-"), (1000, 1, "_")):
        values = {"n_estimators": trees, "max_depth": depth, "experiment_name": name}
        began_its_work(call("train_from_config", path=NO_FILE, config=as_config(values)))

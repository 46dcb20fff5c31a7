"""What Dagster's history says of your three assets, and what lies in the folders afterwards."""

import builtins
import contextlib
import csv
import errno
import functools
import io
import json
import os
import random
import socket
import ssl
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import dagster as dg
import numpy
import pandas as pd
import pytest
from dagster.components.definitions import LazyDefinitions

ASSETS = ["raw_customers", "customer_features", "churn_model"]
RAW, FEATURES, MODEL = ASSETS
OUTAGE = ConnectionError("the source is restarting")
EXPIRED = OSError("the certificate has expired")


class Restarting(ConnectionError):
    """What a library makes of it: a class of its own."""


class Night(NamedTuple):
    """One materialisation, and what Dagster noted of it."""

    call: str
    success: bool
    made: list[str]
    metadata: dict[str, dict[str, Any]]
    waits_s: list[float]
    failures: list[str]
    values: dict[str, Any]
    fetches: int
    run_id: str
    shown: str

    @property
    def ending(self) -> str:
        """Say in one sentence how it ended."""
        made = ", ".join(self.made) or "nothing"
        return f"It made: {made}. " + (" ".join(self.failures) or "The run succeeded.")


def told(*lines: str) -> str:
    """Write a message for somebody who is stuck, one thought a line."""
    return "\n".join(lines)


def in_seconds(waits_s: list[float]) -> str:
    """Write a list of waits as a reader says it."""
    return ", ".join(f"{wait_s:g} s" for wait_s in waits_s) or "none"


def shorten(text: str) -> str:
    """Write a text on one line; of a long one the beginning and the end, which says what to do."""
    line = " ".join(text.split())
    return line if len(line) <= 260 else f"{line[:100]} [...] {line[-150:]}"


def describe(event: Any) -> str:
    """Say which step failed, and with which error of its own."""
    error = event.event_specific_data.error
    while error.cause is not None:
        error = error.cause
    return f"{event.step_key} failed: {shorten(error.message)}"


def shown_of(event: Any) -> str:
    """Return what the run's page shows of a failure: each error, and what it was raised from."""
    said, error = [], event.event_specific_data.error
    while error is not None:
        said.append(error.message.strip())
        error = error.cause or error.context
    return "; from ".join(said)


def raised_from(error: Exception, cause: Exception) -> Exception:
    """Return an error as `raise error from cause` makes it."""
    error.__cause__ = cause
    return error


def assets_of(solution: Any) -> list[Any]:
    """Return the three assets of the solution."""
    found = [getattr(solution, name) for name in ASSETS]
    for name, one in zip(ASSETS, found, strict=True):
        assert isinstance(one, dg.AssetsDefinition), told(
            f"{name} is a {type(one).__name__}, not an asset.",
            "Expected: an asset of Dagster's, such as `@dg.asset` makes of your function.",
            "In production: Dagster lists what it is told of. A plain function has no lineage, no"
            " history and no button.",
        )
        assert dg.AssetKey(name) in one.keys, told(
            f"{name} defines the assets {sorted(key.to_user_string() for key in one.keys)}.",
            f"Expected: {name!r} among them. Leave names and parameters as they are: they are the"
            " lineage.",
            "In production: who looks for the table by its name does not find it.",
        )
    return found


def op_of(one: Any) -> str:
    """Return the name under which a run's configuration addresses an asset."""
    return str(one.node_def.name)


class Script:
    """A source that fails first as often as the test says, then gives the newest of `frames`."""

    def __init__(self, solution: Any, customers: pd.DataFrame) -> None:
        self.fetches = 0
        self.failures: list[Exception] = []
        self.frames = [customers]
        script = self

        class ScriptedSource(solution.CustomerSource):
            def fetch(self) -> pd.DataFrame:
                script.fetches += 1
                if script.failures:
                    raise script.failures.pop(0)
                return script.frames[-1].copy()

        self.resource = ScriptedSource(path="scripted")


# A CSV file has no types: that a text looks like a number, no reader of it can tell.
NO_TYPES = "text that looks like a number or a blank"
TWICE = "rows that occur twice"
HUGE_IDS = "ids beyond 2**53"


@pytest.fixture
def customers(draw: Any) -> pd.DataFrame:
    """Draw 440 customers; labelled 0, 1, 2, ..., by which the given fit_model holds some out."""
    tame = [NO_TYPES, "an index that is not 0, 1, 2, ..."]
    return draw.customers(400, tame=tame, also=[TWICE]).frame()


@pytest.fixture
def source(solution: Any, customers: pd.DataFrame) -> Script:
    """Play the customers' source."""
    return Script(solution, customers)


@pytest.fixture
def tracked(tmp_path: Path) -> Path:
    """Name the file that the tracker writes."""
    return tmp_path / "runs.jsonl"


Materialise = Callable[..., Night]


@pytest.fixture
def materialise(solution: Any, source: Script, tracked: Path, dagster_instance: Any) -> Materialise:
    """Materialise the assets, all or some, and collect what was seen."""

    def run(
        *only: str,
        config: dict | None = None,
        tables: Any = dg.mem_io_manager,
        tracker: Path = tracked,
        readers: Sequence[Any] = (),
        is_misspelt: bool = False,
    ) -> Night:
        before = source.fetches
        assets = assets_of(solution)
        settings = {"ops": {op_of(assets[-1]): {"config": config}}} if config is not None else None
        said = f" with the configuration {config!r}" if config is not None else ""
        asked = [*only, *(one.key.to_user_string() for one in readers)]
        call = f"materialize({', '.join(asked) or 'all three assets'}){said}:"
        try:
            result = dg.materialize(
                [*assets, *readers],
                selection=asked or None,
                run_config=settings,
                resources={
                    "source": source.resource,
                    "tracker": solution.RunTracker(path=str(tracker)),
                    "tables": tables,
                },
                instance=dagster_instance,
                raise_on_error=False,
            )
        except dg.DagsterInvalidConfigError as refused:
            if is_misspelt:
                return Night(call, False, [], {}, [], ["It was refused."], {}, 0, "", "")
            pytest.fail(
                told(
                    f"{call} Dagster refused the configuration: {refused.errors[0].message}",
                    "Expected: churn_model takes TrainingConfig, and TrainingConfig has a field"
                    " `c`.",
                    "In production: what no field declares, nobody can set without editing the"
                    " code.",
                )
            )
        events = result.get_asset_materialization_events()
        made = [event.asset_key.to_user_string() for event in events]
        metadata = {
            name: {key: entry.value for key, entry in event.materialization.metadata.items()}
            for name, event in zip(made, events, strict=True)
        }
        retries = [e for e in result.all_events if e.event_type_value == "STEP_UP_FOR_RETRY"]
        failed = [event for event in result.all_events if event.is_step_failure]
        return Night(
            call,
            result.success,
            made,
            metadata,
            [float(event.step_retry_data.seconds_to_wait or 0) for event in retries],
            [describe(event) + "." for event in failed],
            {name: result.asset_value(name) for name in made},
            source.fetches - before,
            result.run_id,
            " ".join(shown_of(event) for event in failed),
        )

    return run


def succeeded(night: Night, production: str, made: list[str] | None = None) -> None:
    """Check that a run succeeded and made what it should."""
    expected = made or ASSETS
    assert night.success and set(night.made) == set(expected), told(
        f"{night.call} {night.ending}",
        f"Expected: a run that succeeds and makes {', '.join(expected)}.",
        f"In production: {production}",
    )


# Task 1: three assets, linked by name


def test_names_link_the_assets(solution: Any) -> None:
    seen = {
        name: {parent.to_user_string() for parent in one.asset_deps[dg.AssetKey(name)]}
        for name, one in zip(ASSETS, assets_of(solution), strict=True)
    }
    expected = {RAW: set(), FEATURES: {RAW}, MODEL: {FEATURES}}
    assert seen == expected, told(
        f"Each asset and what it is made of: {seen}.",
        f"Expected: {expected}. A parameter that is called like an asset is that asset's value.",
        "In production: the lineage is read when something is wrong. A missing arrow says that the"
        " model does not depend on the customers.",
    )


def test_values_flow_along_the_lineage(
    materialise: Materialise,
    source: Script,
    solution: Any,
    customers: pd.DataFrame,
    dagster_later: Any,
    tracked: Path,
) -> None:
    # The same ids, as many rows: and everybody pays what another one paid.
    others = customers.assign(monthly_charges=customers["monthly_charges"].to_numpy()[::-1])
    for given, when in ((customers, ""), (others, " (the second run, with new charges)")):
        source.frames.append(given)
        night = materialise()
        succeeded(night, "there is no model tonight.")
        assert night.fetches == 1, told(
            f"{night.call} {night.ending} The source was asked {night.fetches} times.",
            "Expected: once, by raw_customers. Whoever is downstream gets the value that was kept.",
            "In production: between two requests customers come and go. The features are then made"
            " from other customers than those in the lineage, and nobody can tell.",
        )
        features = solution.make_features(given)
        right = {
            RAW: given.equals(night.values[RAW]),
            FEATURES: features.equals(night.values[FEATURES]),
            MODEL: solution.fit_model(features, 1.0)[0] == night.values[MODEL],
        }
        wrong = [name for name in ASSETS if not right[name]]
        assert not wrong, told(
            f"{night.call} {night.ending}{when} Not what they should be: {', '.join(wrong)}."
            f" {difference(night.values[RAW], given)}",
            "Expected: all customers as the source gives them, the features that make_features"
            " makes of them, and the model that fit_model fits to these with c = 1.0.",
            "In production: the lineage shows one story, the numbers tell another.",
        )
    resources = {
        "source": source.resource,
        "tracker": solution.RunTracker(path=str(tracked)),
        "tables": dg.mem_io_manager,
    }
    loaded = dagster_later(*ASSETS, resources=resources)
    assert loaded == night.values[MODEL], told(
        f"{night.call} {night.ending} Afterwards another process asks Dagster for churn_model."
        f" It gets: {loaded}",
        f"Expected: the model of the last run, {night.values[MODEL]}, from Dagster's default IO"
        " manager.",
        "In production: the model was kept in memory. After a restart Dagster shows it as made, and"
        " whoever is to score with it finds nothing.",
    )


def test_each_asset_has_its_group(solution: Any) -> None:
    found = zip(ASSETS, assets_of(solution), strict=True)
    seen = {name: one.group_names_by_key[dg.AssetKey(name)] for name, one in found}
    expected = dict(zip(ASSETS, ["ingestion", "features", "models"], strict=True))
    assert seen == expected, told(
        f"The groups of the assets: {seen}.",
        f"Expected: {expected}.",
        "In production: 200 assets in the group `default` are a page that nobody opens twice.",
    )


def test_each_materialisation_says_what_came_out(
    materialise: Materialise, source: Script, customers: pd.DataFrame, solution: Any
) -> None:
    size = 300
    # Somebody has signed and has no number yet: a row all the same.
    signed = customers["customer_id"].astype(float).where(customers.index != 7)
    known = customers.assign(customer_id=signed).head(size)
    source.frames.append(known)
    night = materialise()
    succeeded(night, "there is no model tonight.")
    accuracy = solution.fit_model(solution.make_features(known), 1.0)[1]
    expected = {
        RAW: {"rows": size},
        FEATURES: {"rows": size},
        MODEL: {"c": 1.0, "val_accuracy": pytest.approx(accuracy)},
    }
    seen = {
        name: {key: night.metadata[name].get(key) for key in keys}
        for name, keys in expected.items()
    }
    assert seen == expected, told(
        f"{night.call} The source had {size} rows, one without an id. {night.ending}",
        f"Metadata of these materialisations: {seen}.",
        f"Expected: {size} rows twice, and of the model c = 1.0 and val_accuracy = {accuracy:.4f}.",
        "In production: `rows` over time is the first plot that one looks at. What stands in the"
        " decorator is the definition's, and the same for ever; what is printed is in no plot.",
    )


# Task 2: retries


def test_source_that_comes_back_is_waited_for(materialise: Materialise, source: Script) -> None:
    # What a restarting source gives: nobody there has its name yet, nor may let anybody in.
    failures = [
        raised_from(Restarting("in a minute"), socket.gaierror(-3, "no such name yet")),
        raised_from(TimeoutError("401: no access yet"), ssl.SSLEOFError("handshake broken off")),
        raised_from(ConnectionAbortedError(), PermissionError("not let in")),
    ]
    source.failures += failures
    raised = [f"{one!r} from {one.__cause__!r}" for one in failures]
    night = materialise(RAW)
    expected = [10.0, 20.0, 40.0]
    assert night.waits_s == pytest.approx(expected), told(
        f"{night.call} The source raised {'; '.join(raised)}; then it answered. {night.ending}",
        f"Dagster waited: {in_seconds(night.waits_s)}. Expected: {in_seconds(expected)}.",
        "In production: Dagster's EXPONENTIAL is (2**n - 1) times the delay: 10, 30, 70 s. A sleep"
        " of your own is in no history, and holds the process meanwhile. And what an error was"
        " raised from does not say whether it heals.",
    )
    succeeded(night, "the source was back after 70 s; nobody had asked again.", [RAW])


def test_process_that_goes_on_with_a_run_knows_the_tries(
    materialise: Materialise, source: Script, dagster_tried_before: Any
) -> None:
    source.failures += [OUTAGE]
    with dagster_tried_before(2):
        night = materialise(RAW)
    assert night.waits_s == [40.0], told(
        f"{night.call} Another process has tried twice before, as Dagster knows. The third try"
        f" fails, the next one succeeds. {night.ending}",
        f"Dagster waited: {in_seconds(night.waits_s)}. Expected: 40 s.",
        "In production: each step runs in a process of its own. Who counts by himself begins at 10"
        " s again; context.retry_number knows the tries of all.",
    )


def test_fourth_failure_ends_the_run(materialise: Materialise, source: Script) -> None:
    source.failures += [raised_from(ConnectionError(str(OUTAGE)), EXPIRED) for _ in range(9)]
    night = materialise(RAW)
    assert not night.success and night.made == [], told(
        f"{night.call} The source failed every time. {night.ending}",
        "Expected: a run that fails and makes nothing.",
        "In production: an empty frame in place of an error is materialised as tonight's customers,"
        " and the model is trained on nobody.",
    )
    assert night.fetches == 4, told(
        f"{night.call} The source was asked {night.fetches} times, 4 expected. {night.ending}",
        "In production: three retries are four requests. More help to keep the source down.",
    )
    shows(night, str(OUTAGE), str(EXPIRED))


def shows(night: Night, *texts: str) -> None:
    """Check that a failed run shows the source's own error and what that was raised from."""
    missing = [text for text in texts if text not in night.shown]
    assert not missing, told(
        f"{night.call} The source raised {' from '.join(map(repr, texts))}.",
        f"The run shows: {shorten(night.shown)}. It lacks: {missing}.",
        "Expected: the source's own error with its cause. `raise ... from None` takes that away.",
        "In production: at 9:00 the run's page is all that you have. Without the cause somebody"
        " restarts a source until noon whose certificate has expired.",
    )


def test_hopeless_failure_is_not_retried(materialise: Materialise, source: Script) -> None:
    revoked = raised_from(PermissionError("no access"), OUTAGE)
    for error in (revoked, OSError(errno.EIO, "bad sector"), ValueError("no CSV: timed out")):
        source.failures[:] = [error] * 9
        night = materialise(RAW)
        said = f"{error!r}, whose cause is {OUTAGE!r}" if error is revoked else repr(error)
        seen = (night.success, night.fetches, night.waits_s)
        assert seen == (False, 1, []), told(
            f"{night.call} The source raises {said}. {night.ending}",
            f"It was asked {night.fetches} times; Dagster waited: {in_seconds(night.waits_s)}."
            " Expected: asked once, and the run fails. MIGHT_HEAL and nothing else is retried.",
            "In production: a revoked key stays revoked. A retry policy retries whatever is raised,"
            " and some sources lock you out after three wrong keys.",
        )
        shows(night, str(error), *([str(OUTAGE)] if error is revoked else []))


# Task 3: configuration and tracker


def test_run_sets_what_it_wants(
    materialise: Materialise, solution: Any, customers: pd.DataFrame
) -> None:
    features = solution.make_features(customers)
    c = 1.2345678e-9
    night = materialise(config={"c": c})
    succeeded(
        night,
        "one more value to try is one more copy of the code. (c is any float greater than 0.)",
    )
    model, noted = solution.fit_model(features, c)[0], night.metadata[MODEL].get("c")
    assert night.values[MODEL] == model and noted == c, told(
        f"{night.call} {night.ending} In its metadata: c = {noted!r}.",
        f"Expected: the model that fit_model fits with c = {c!r}, and this c in its metadata."
        f" {'It is another model.' if night.values[MODEL] != model else ''}",
        "In production: the run's page shows the configuration. A training that reads something"
        " else makes that page a lie.",
    )


def test_configuration_out_of_bounds_trains_nothing(
    materialise: Materialise, tracked: Path
) -> None:
    night = materialise(config={"c": 0.0})
    said = " ".join(night.failures)
    refused = not night.success and MODEL not in night.made and not tracked.exists()
    assert refused and "TrainingConfig" in said, told(
        f"{night.call} {night.ending}",
        "Expected: churn_model fails because TrainingConfig refuses the value; nothing is tracked.",
        "In production: it would fail somewhere in the library, or worse, train. (Types are checked"
        " when the run is submitted, bounds when the asset starts.)",
    )


def test_misspelt_setting_trains_nothing(materialise: Materialise, tracked: Path) -> None:
    night = materialise(config={"C": 0.1}, is_misspelt=True)
    assert not night.success and MODEL not in night.made and not tracked.exists(), told(
        f"{night.call} {night.ending}",
        "Expected: a refusal, when the run is submitted. `c` is all that a run may set.",
        "In production: who tries C = 0.1 gets a model with c = 1.0, and believes it is the other.",
    )


def test_training_is_tracked_once_with_its_run(
    materialise: Materialise, tracked: Path, dagster_instance: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier, c = "0b1e5c1e-0d4b-4c8f-9f52-3f0d5a1c7e11", 1234567.8901234567
    create = functools.partial(
        dagster_instance.create_run_for_job, root_run_id=earlier, parent_run_id=earlier
    )
    monkeypatch.setattr(dagster_instance, "create_run_for_job", create)
    night = materialise(config={"c": c})
    succeeded(night, "c is any float greater than 0, and somebody needs a large one.")
    lines = tracked.read_text(encoding="utf-8").splitlines() if tracked.exists() else []
    seen = [json.loads(line) for line in lines]
    accuracy = night.metadata.get(MODEL, {}).get("val_accuracy")
    params, metrics = {"c": c}, {"val_accuracy": accuracy}
    expected = [{"run_id": night.run_id, "params": params, "metrics": metrics}]
    assert seen == expected, told(
        f"{night.call} It repeats the run {earlier}. {night.ending}",
        f"The tracker was told: {seen}.",
        f"Expected, through the resource `tracker`: {expected}.",
        "In production: the run's id leads from a model in the registry back to the run that made"
        " it, and from there to the customers; not to another run. A tracker built inside the asset"
        " is the same one in tests and in production.",
    )


def test_training_that_is_not_tracked_fails(materialise: Materialise, tmp_path: Path) -> None:
    night = materialise(tracker=tmp_path / "not_mounted" / "runs.jsonl")
    assert not night.success and MODEL not in night.made, told(
        f"{night.call} The tracker's folder is not there: it raises. {night.ending}",
        "Expected: churn_model fails.",
        "In production: the disk of the tracker is not mounted, and the run is green. The model"
        " that scores since Monday is in no record.",
    )


# Task 4: where tables are kept


@pytest.fixture
def store(solution: Any, tmp_path: Path) -> Any:
    """Make the solution's IO manager on an empty folder that is not there yet."""
    return solution.TableStore(folder=str(tmp_path / "new" / "tables"))


def test_tables_are_files_that_people_can_read(
    materialise: Materialise, store: Any, customers: pd.DataFrame, solution: Any
) -> None:
    night = materialise(tables=store)
    succeeded(night, "there is no model tonight.")
    folder = Path(store.folder)
    seen = sorted(path.name for path in folder.iterdir()) if folder.exists() else []
    expected = ["customer_features.csv", "raw_customers.csv"]
    assert set(seen) >= set(expected), told(
        f"{night.call} {night.ending}",
        f"In the folder of TableStore: {seen}. Expected: {expected}.",
        "In production: without `io_manager_key` a value goes where the default IO manager keeps"
        " its pickles.",
    )
    assert seen == expected, told(
        f"{night.call} {night.ending}",
        f"In the folder of TableStore: {seen}. Expected: {expected}, and nothing beside them.",
        "In production: two files are replaced in two steps. Whoever reads in between gets the new"
        " types, say, with the old table.",
    )
    frames = {RAW: customers, FEATURES: solution.make_features(customers)}
    for name, frame in frames.items():
        try:
            text = (folder / f"{name}.csv").read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            pytest.fail(
                told(
                    f"{night.call} {name}.csv is not UTF-8: {shorten(str(error))}",
                    "Expected: UTF-8, which is what to_csv writes unless it is told otherwise.",
                    "In production: the name of a customer in Łódź is lost, or nobody can read the"
                    " file on another machine.",
                )
            )
        header, *rows = csv.reader(io.StringIO(text, newline=""))
        assert header == list(frame.columns) and len(rows) == len(frame), told(
            f"{night.call} {name}.csv has the columns {header} and {len(rows)} rows.",
            f"Expected: the columns {list(frame.columns)}, then {len(frame)} rows.",
            "In production: the analyst opens the file, or a job that knows nothing of Dagster.",
        )


def test_table_comes_back_as_it_was(
    materialise: Materialise, store: Any, source: Script, draw: Any
) -> None:
    loaded: list[pd.DataFrame] = []

    @dg.asset
    def reader(raw_customers: pd.DataFrame) -> None:
        loaded.append(raw_customers.copy())
        raw_customers.drop(columns=list(raw_customers)[-1], inplace=True)

    @dg.asset(deps=[reader])
    def next_reader(raw_customers: pd.DataFrame) -> None:
        loaded.append(raw_customers)

    def comes_back(draw: Any) -> None:
        for given in tables_to_keep(draw):
            source.frames.append(given)
            night = materialise(RAW, tables=store, readers=[reader, next_reader])
            succeeded(night, "the features cannot be made.", [RAW, "reader", "next_reader"])
            differs = difference(loaded[-2], given)
            assert not differs, told(
                f"{night.call} raw_customers returned {len(given)} rows. Whoever is downstream"
                f" got: {differs}",
                "Expected: the columns and values that were returned; only the index is a new one.",
                "In production: the report is made from what was returned, and the model from what"
                " was loaded. They do not agree, and why is in no log. (What is almost equal"
                " to the table that was kept is another table.)",
            )
            differs = difference(loaded[-1], given)
            assert not differs, told(
                f"{night.call} Two assets read raw_customers. The first one dropped a column of the"
                f" frame that it was given; the second one got: {differs}",
                "Expected: what was kept, each time. Who hands out a frame that he remembers hands"
                " out what was done to it.",
                "In production: what one asset does to its own frame is in all the others, and in"
                " the next run of this process. In a new process all is well.",
            )

    draw.explain(comes_back)


def tables_to_keep(draw: Any) -> list[pd.DataFrame]:
    """Draw a long table, one with a row of blanks, one that is as many bytes, a row, no row.

    One is as good as equal to the one before: somebody has put a cent right.
    """
    long = draw.customers(1001, tame=[NO_TYPES], also=[TWICE]).frame()
    holed = draw.customers(5, tame=[NO_TYPES, HUGE_IDS]).frame()
    holed["Unnamed: 0"] = range(5)  # the index of somebody who has kept it
    labels = list(holed.index)
    holed = holed.reindex([*labels[:2], -1, *labels[3:]])
    short = [draw.customers(count, tame=[NO_TYPES]).frame() for count in (1, 0)]
    again = holed.iloc[::-1]
    return [long, holed, again, put_right(again), *short]


def put_right(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with one charge that is another one by less than a part in a thousand million.

    Of a long sum that is a cent.
    """
    charges = table["monthly_charges"].to_numpy(dtype=float, copy=True)
    charges[numpy.flatnonzero(~numpy.isnan(charges))[-1:]] *= 1 + 5e-10
    return table.assign(monthly_charges=charges)


def difference(seen: pd.DataFrame, given: pd.DataFrame) -> str:
    """Say where a table differs from the one that was kept; nothing if it does not."""
    if list(seen) != list(given) or len(seen) != len(given):
        return f"{len(seen)} rows of {list(seen)} instead of {len(given)} rows of {list(given)}."
    for name in given:
        for row, (one, other) in enumerate(zip(seen[name], given[name], strict=True)):
            if pd.isna(other):
                same = pd.isna(one)
            elif isinstance(other, float):
                same = one == pytest.approx(other, rel=1e-15, abs=0)
            else:
                same = one == other
            if not same:
                return f"{name} {one!r} in row {row} instead of {other!r}."
    return ""


def test_model_alone_is_made_from_kept_tables(
    materialise: Materialise, store: Any, source: Script, customers: pd.DataFrame, solution: Any
) -> None:
    succeeded(materialise(tables=store), "there is no model tonight.")
    source.failures += [OUTAGE] * 9
    again = solution.TableStore(folder=store.folder)
    night = materialise(MODEL, tables=again, config={"c": 0.1})
    succeeded(night, "each try of another c would pay for loading and features again.", [MODEL])
    model = solution.fit_model(solution.make_features(customers), 0.1)[0]
    weights = night.values[MODEL]["weights"]
    assert weights == pytest.approx(model["weights"], rel=1e-6), told(
        f"{night.call} {night.ending} Its weights: {weights}.",
        f"Expected: {model['weights']}, those of the features that were kept.",
        "In production: a table that comes back changed (an index as a column, say) changes every"
        " model made from it.",
    )


def test_table_that_nobody_kept_is_not_an_empty_one(materialise: Materialise, store: Any) -> None:
    @dg.asset
    def reader(raw_customers: pd.DataFrame) -> None:
        del raw_customers

    night = materialise(tables=store, readers=[reader])
    assert not night.success, told(
        f"{night.call} It is to read raw_customers, which nobody has kept yet. {night.ending}",
        "Expected: a run that fails.",
        "In production: the folder's name is misspelt, and tonight nobody is a customer.",
    )


def test_table_replaced_while_it_is_read_is_one_of_the_two(
    materialise: Materialise, store: Any, source: Script, customers: pd.DataFrame
) -> None:
    others = customers.head(9)[list(customers)[::-1]]
    table, kept = Path(store.folder, f"{RAW}.csv"), []
    for given in (others, customers):
        source.frames.append(given)
        succeeded(materialise(RAW, tables=store), "there is no model tonight.", [RAW])
        kept.append(table.read_bytes())
    loaded: list[pd.DataFrame] = []

    @dg.asset
    def reader(raw_customers: pd.DataFrame) -> None:
        loaded.append(raw_customers)

    def replace(_: Path) -> None:
        beside = table.with_name("another_run")
        beside.write_bytes(kept[0])
        os.replace(beside, table)

    with opened(table, replace):
        night = materialise(tables=store, readers=[reader])
    succeeded(night, "the run that reads fails whenever another one writes.", ["reader"])
    differs = [difference(loaded[-1], given) for given in (others, customers)]
    assert not all(differs), told(
        f"{night.call} While raw_customers is read, another run replaces it. Whoever is downstream"
        f" got: {differs[1]}",
        "Expected: the old table or the new one. Open it once: what is open stays the old one.",
        "In production: the columns are of one night and the rows of another.",
    )


def files_in(folder: Path) -> dict[str, bytes]:
    """Read all files that lie in a folder, or below it; it may not exist."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


class Hook:
    """A value of a table: something happens when it is written, once."""

    def __init__(self, happens: Callable[[], object]) -> None:
        self._happens = [happens]

    def __str__(self) -> str:
        if self._happens:
            self._happens.pop()()
        return "weekly"


class FullDisk:
    """A value that cannot be written; it keeps what a reader finds in the folders meanwhile."""

    def __init__(self, folder: Path, error: BaseException) -> None:
        self.folder = folder
        self.error = error
        self.meanwhile: dict[str, bytes] = {}
        self.elsewhere: list[str] = []

    def __str__(self) -> str:
        self.meanwhile = files_in(self.folder)
        found = Path(tempfile.gettempdir()).rglob("*")
        self.elsewhere = sorted(path.name for path in found if path.is_file())
        raise self.error


def with_value(customers: pd.DataFrame, value: object) -> pd.DataFrame:
    """Return the customers with another contract in row 300."""
    changed = customers.astype({"contract": object})
    changed.loc[300, "contract"] = value
    return changed


NO_SPACE = OSError(errno.ENOSPC, "no space left on device")


def fill_the_disk(
    source: Script, customers: pd.DataFrame, folder: Path, error: BaseException = NO_SPACE
) -> FullDisk:
    """Have the source give customers of whom the 301st cannot be written."""
    disk = FullDisk(folder, error)
    source.frames.append(with_value(customers, disk))
    return disk


@contextlib.contextmanager
def opened(table: Path, happens: Callable[[Path], object]) -> Iterator[None]:
    """Have something happen as soon as a table was opened for reading, once."""
    real, to_do = builtins.open, [happens]

    @functools.wraps(real)
    def open_(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        found = real(file, mode, *args, **kwargs)
        if to_do and isinstance(file, str | os.PathLike) and Path(file) == table and "r" in mode:
            try:
                to_do.pop()(table)
            except BaseException:
                found.close()
                raise
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(builtins, "open", open_)
        patch.setattr(io, "open", open_)
        yield


IN_USE = PermissionError(errno.EACCES, "somebody reads it")


@contextlib.contextmanager
def renamed(table: Path, error: OSError | None = None) -> Iterator[list[bytes]]:
    """Look at a table as soon as another was put in its place.

    Args:
        table: The table.
        error: Raised instead, as Windows does while somebody reads it.

    Yields:
        What was read, one a rename.
    """
    seen: list[bytes] = []

    def looking(real: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(real)
        def move(source: Any, target: Any, *args: Any, **kwargs: Any) -> Any:
            if Path(target) != table:
                return real(source, target, *args, **kwargs)
            if error is not None:
                raise error
            found = real(source, target, *args, **kwargs)
            seen.append(table.read_bytes())
            return found

        return move

    with pytest.MonkeyPatch.context() as patch:
        for owner in (os, Path):
            for name in ("replace", "rename"):
                patch.setattr(owner, name, looking(getattr(owner, name)))
        yield seen


@contextlib.contextmanager
def drawing(state: Any) -> Iterator[None]:
    """Have the shared generators draw as those of a process that has just been seeded."""
    before = random.getstate(), numpy.random.get_state()
    random.setstate(state[0])
    numpy.random.set_state(state[1])
    try:
        yield
    finally:
        random.setstate(before[0])
        numpy.random.set_state(before[1])


def test_two_runs_that_write_at_once_do_not_meet(
    materialise: Materialise, store: Any, source: Script, customers: pd.DataFrame, laws: Any
) -> None:
    inner: list[Night] = []
    seeded = random.getstate(), numpy.random.get_state()
    # What another process has: other modules, counters that begin again, the same seed.
    elsewhere = laws.load_elsewhere().TableStore(folder=store.folder)

    def other_runs() -> None:
        for tables in (store, elsewhere):
            source.frames.append(customers.head(50))
            with drawing(seeded):
                inner.append(materialise(RAW, tables=tables))

    source.frames.append(with_value(customers, Hook(other_runs)))
    with drawing(seeded):
        night = materialise(RAW, tables=store)
    found = files_in(Path(store.folder))
    text = found.get(f"{RAW}.csv", b"").decode("utf-8", "replace")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    whole = len(rows) == len(customers) and rows[300]["contract"] == "weekly"
    all_three = [one.success for one in (*inner, night)]
    assert all_three == [True] * 3 and whole and list(found) == [f"{RAW}.csv"], told(
        f"{night.call} While it writes raw_customers of {len(customers)} rows, at row 300 another"
        " run of this process writes one of 50 rows, then a run of another process, in which"
        f" `random` draws the same numbers and counters begin again. {night.ending} Of the others:"
        f" {' '.join(one.ending for one in inner) or 'they did not begin.'}",
        f"In the folder now: {sorted(found)}; raw_customers.csv has {len(rows)} rows. Expected:"
        " runs that succeed, the whole table of the one that ends last, and no other file.",
        "In production: a backfill starts while the nightly run writes. Give each a file of its"
        " own, whose name nobody else has (the run's id is such a name; a number drawn from"
        " `random` is not, where a training has seeded it), and remove no other.",
    )


def test_table_is_written_beside_the_old_one(
    materialise: Materialise,
    store: Any,
    source: Script,
    customers: pd.DataFrame,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "other_disk").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "other_disk"))
    disk = fill_the_disk(source, customers, Path(store.folder))
    night = materialise(RAW, tables=store)
    assert not disk.elsewhere, told(
        f"{night.call} While raw_customers was written, {disk.elsewhere} lay in the folder for"
        " temporary files.",
        "Expected: the new table lies in the folder of TableStore, under another name.",
        "In production: that folder is on another disk. What is moved from there is copied, row by"
        " row, over the table that others read. A rename in one folder is one step.",
    )


ENDS = {
    "The disk was full": NO_SPACE,
    "The disk was mounted read-only": PermissionError(errno.EROFS, "read-only file system"),
    "Somebody pressed Ctrl-C": KeyboardInterrupt(),
}


def test_table_is_replaced_whole_or_not_at_all(
    materialise: Materialise, store: Any, source: Script, customers: pd.DataFrame
) -> None:
    folder = Path(store.folder)
    with renamed(folder / f"{RAW}.csv") as seen:
        night = materialise(RAW, tables=store)
    succeeded(night, "there is no model tonight.", [RAW])
    before = files_in(folder)
    assert before, told(
        "materialize(raw_customers): TableStore has kept no table.",
        "Expected: a file, which a second run is then to replace.",
        "In production: the model can only be made again by asking the source again.",
    )
    table = before.get(f"{RAW}.csv", b"")
    half = [one for one in seen if one != table]
    assert not half, told(
        f"{night.call} As soon as it was renamed, raw_customers.csv had {len(half[0])} bytes. When"
        f" the run was over: {len(table)}."
        if half
        else "",
        "Expected: the whole table, from the rename on. Close the file first, then rename it.",
        "In production: what is still in a buffer is not in the file. Whoever reads it just then"
        " gets a table without its end, for ever if the process is killed or the disk is full.",
    )
    for what, error in ENDS.items():
        disk = fill_the_disk(source, customers, folder, error)
        night = materialise(RAW, tables=store)
        after = files_in(folder)
        assert not night.success, told(
            f"{night.call} {what} at row 300. {night.ending}",
            "Expected: a run that fails. An asset that fails to write has failed.",
            "In production: the run is green, and tomorrow's model is made from last week's table.",
        )
        unchanged(after, before, f"{night.call} {what} at row 300 of {RAW}. {night.ending}")
        kept = f"{RAW}.csv"
        found = disk.meanwhile.get(kept)
        assert found == before[kept], told(
            f"{night.call} Somebody reads {kept} while row 300 is written.",
            f"It {'is not there' if found is None else f'has {len(found)} bytes'}."
            f" Expected: yesterday's {len(before[kept])} bytes until the new table is whole.",
            "In production: what you would put back afterwards is missing meanwhile, and for good"
            " if the process is killed just then. Write beside it, then rename: that is one step.",
        )


def unchanged(after: dict[str, bytes], before: dict[str, bytes], what_happened: str) -> None:
    """Check that a run that failed has left the folder as it was."""
    sizes = {name: len(content) for name, content in after.items()}
    yesterday = {name: len(content) for name, content in before.items()}
    changed = sorted(name for name in before if name in after and after[name] != before[name])
    assert after == before, told(
        what_happened,
        f"In the folder, in bytes: {sizes}; with another content: {changed or 'none'}."
        f" Expected: yesterday's files as they were, {yesterday}.",
        "In production: half of a table is a table like any other. Whoever reads it tonight trains"
        " on 300 of 40,000 customers. Write beside it, then rename: one step, and the last one.",
    )


def test_table_that_cannot_be_replaced_stays(
    materialise: Materialise, store: Any, source: Script, customers: pd.DataFrame
) -> None:
    succeeded(materialise(RAW, tables=store), "there is no model tonight.", [RAW])
    folder, table = Path(store.folder), Path(store.folder, f"{RAW}.csv")
    before = files_in(folder)
    source.frames.append(customers.head(9))
    with renamed(table, IN_USE):
        night = materialise(RAW, tables=store)
    what_happened = f"{night.call} The new table may not be put in place: PermissionError."
    assert not night.success, told(
        f"{what_happened} {night.ending}",
        "Expected: a run that fails; nothing but a rename is one step.",
        "In production: what is copied over a table that others read is for them half of one.",
    )
    unchanged(files_in(folder), before, f"{what_happened} {night.ending}")

    def fail(_: Path) -> None:
        raise OSError(errno.EIO, "bad sector")

    with opened(table, fail):
        night = materialise(RAW, tables=store)
    if not night.success:
        unchanged(
            files_in(folder),
            before,
            f"{night.call} Whoever reads raw_customers.csv gets an error of the disk. A look at the"
            f" new table belongs before the rename. {night.ending}",
        )


# Task 5: definitions


def test_definitions_load_and_read_the_environment_at_run_time(
    solution: Any,
    customers: pd.DataFrame,
    tmp_path: Path,
    tracked: Path,
    dagster_instance: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    defs = solution.defs
    if isinstance(defs, LazyDefinitions):  # what `@dg.definitions` makes
        defs = defs()
    dg.Definitions.validate_loadable(defs)
    jobs = [job.name for job in defs.resolve_all_job_defs() if not job.name.startswith("__")]
    assert "churn_training" in jobs, told(
        f"defs holds the jobs {jobs}. Expected: `churn_training`, of all three assets.",
        "In production: what is not in `Definitions` is not on the page, not in a schedule, and not"
        " in `dagster job list`.",
    )
    customers.to_csv(tmp_path / "customers.csv", index=False)

    def environment(customers: Path, runs: Path, tables: Path) -> None:
        for name, place in (("CUSTOMERS", customers), ("RUNS", runs), ("TABLES", tables)):
            monkeypatch.setenv(f"CHURN_{name}", str(place))

    def changes() -> None:
        environment(*(tmp_path / name for name in ("later.csv", "later.jsonl", "later")))

    environment(tmp_path / "customers.csv", tracked, tmp_path / "tables")
    job = defs.resolve_job_def("churn_training")
    with at_first_step(dagster_instance, changes):
        result = job.execute_in_process(instance=dagster_instance, raise_on_error=False)
    failed = [describe(event) for event in result.all_events if event.is_step_failure]
    tables = sorted(path.name for path in tmp_path.glob("tables/*"))
    later = sorted(path.name for path in tmp_path.glob("later*"))
    expected = ["customer_features.csv", "raw_customers.csv"]
    right = result.success and tracked.exists() and tables == expected and not later
    assert right, told(
        "The three variables were set, then the job churn_training was run. During its first step"
        f" they were set anew, for another run. {' '.join(failed) or 'The run succeeded.'}",
        f"In the folder of CHURN_TABLES: {tables}, expected: {expected}. The file of CHURN_RUNS"
        f" {'exists' if tracked.exists() else 'does not exist'}, expected: it does. Where the"
        f" variables pointed afterwards: {later or 'nothing'}, expected: nothing.",
        "In production: one code, many environments. What is read while the file is imported is"
        " whatever was set in the terminal that day; what is read in the middle of a run leaves its"
        " tables in one place and its training in another.",
    )
    # Now there is no file of customers: nobody there will help.
    result = job.execute_in_process(instance=dagster_instance, raise_on_error=False)
    retries = [e.step_key for e in result.all_events if e.event_type_value == "STEP_UP_FOR_RETRY"]
    tags = dagster_instance.get_run_by_id(result.run_id).tags
    again = {name: tags[name] for name in ("dagster/max_retries",) if tags.get(name, "0") != "0"}
    assert not result.success and not retries and not again, told(
        "The job churn_training was run where the customers' file does not exist."
        f" {'The run succeeded. ' if result.success else ''}Dagster tried again: {retries or 'no'}"
        f" step; the whole run is to be tried again: {again or 'no'}.",
        "Expected: a run that fails at once. MIGHT_HEAL and nothing else is retried, in a job too.",
        "In production: a policy of the job is one for each of its steps and for every error: a"
        " training that failed after it was tracked is tracked twice.",
    )


@contextlib.contextmanager
def at_first_step(instance: Any, happens: Callable[[], object]) -> Iterator[None]:
    """Have something happen as soon as a run has begun its first step, once."""
    storage, to_do = instance.event_log_storage, [happens]
    real = storage.store_event

    def store_event(event: Any) -> Any:
        if to_do and event.dagster_event and event.dagster_event.event_type_value == "STEP_START":
            to_do.pop()()
        return real(event)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(storage, "store_event", store_event)
        yield


def test_materialize_skips_nothing(materialise: Materialise) -> None:
    for night in (materialise(), materialise()):
        succeeded(night, "materialize makes what it is told to, changed or not.")
        assert night.fetches == 1, told(
            f"Two runs, and nothing has changed. {night.call} {night.ending}",
            f"The source was asked {night.fetches} times. Expected: once in each run.",
            "In production: what a module remembers, Dagster does not know. It notes a fresh"
            " materialisation of old data, and no page shows that. (`materialize` skips nothing,"
            " whatever one reads; kata 15 is about running only what is stale.)",
        )

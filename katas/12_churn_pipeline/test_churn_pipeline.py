"""What the engine, the store and the API saw of your pipeline, step by step."""

import asyncio
import contextlib
import functools
import inspect
import math
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock
from zoneinfo import ZoneInfo

import mlflow.sklearn
import pandas as pd
import pytest
from mlflow import MlflowClient
from prefect.results import ResultRecord
from prefect.settings import PREFECT_LOCAL_STORAGE_PATH
from sklearn.base import BaseEstimator
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

NUMBERS = ["tenure_months", "monthly_charges", "support_calls"]
NAMES = ["logistic regression", "random forest", "gradient boosting"]
COLUMNS = [*NUMBERS, "committed"]
SMALL = {"n_estimators": 5, "max_depth": 2}
# How long it takes on real data: the features 30 minutes, a model 40, says the page.
TAKES_S = {
    "engineer_features": 1800,
    "data_preparation": 1800,
    "inference_pipeline": 1800,
    "train_model": 2400,
    "compare_models": 2400,
    "training_pipeline": 4200,
}
COUNT = 80
PARIS = ZoneInfo("Europe/Paris")
# The days before both changes of the clocks.
SPRING, AUTUMN = (datetime(2027, *day, tzinfo=PARIS) for day in ((3, 27), (10, 30)))


class Call(NamedTuple):
    """One call of a solution's function: how it ended, and the runs that it made."""

    said: str
    value: Any
    error: Exception | None
    task_runs: list[Any]
    read_flow_runs: Callable[[], list[Any]]

    @property
    def flow_runs(self) -> list[Any]:
        """Read them from the server, which takes a while: only some tests look."""
        return self.read_flow_runs()

    @property
    def seen(self) -> str:
        """Say which flow runs there were."""
        return ", ".join(lineage(one) for one in self.flow_runs) or "none"

    def get(self, key: str) -> Any:
        """Look into the dict that should have been returned."""
        return self.value.get(key) if isinstance(self.value, dict) else None


Ask = Callable[..., Call]


@pytest.fixture
def call(solution: Any, prefect_history: Any, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Call a function of the solution and collect what was seen.

    Each call stands for a run in a process of its own: in each `hash("text")` is another number.
    """
    seeds = count(1)

    def ask(name: str, *given: Any, loaded: Any = solution, **more: Any) -> Call:
        seed = next(seeds)
        salted = lambda one: hash(one) ^ seed * isinstance(one, str | bytes | tuple)  # noqa: E731
        monkeypatch.setattr("dojo_solution.hash", salted, raising=False)
        flows, tasks = prefect_history.flow_run_count, len(prefect_history.task_runs)
        value, error = None, None
        try:
            value = getattr(loaded, name)(*given, **more)
            ending = f"returned {shorten(repr(value))}"
        except (NotImplementedError, NameError):
            raise
        except Exception as caught:  # whatever a solution raises is looked at by the tests
            error = caught
            ending = f"raised {type(caught).__name__}: {shorten(str(caught))}"
        last = prefect_history.flow_run_count
        shown = ", ".join(f"{key}={one!r}" for key, one in more.items())
        return Call(
            f"{name}({shown or '...'}) {ending}.",
            value,
            error,
            prefect_history.task_runs[tasks:],
            lambda: prefect_history.flow_runs[flows:last],
        )

    return ask


def draw_customers(draw: Any, count: int = COUNT, **more: Any) -> Any:
    """Draw customers whose features are numbers, all of them."""
    return draw.customers(count, blank=[], tame=["an extra column"], **more)


@pytest.fixture
def api(flaky_api: Any, draw: Any) -> Any:
    """Have the API know some customers."""
    flaky_api.customers = draw_customers(draw)
    flaky_api.will(200)
    return flaky_api


@pytest.fixture
def store(mlflow_store: str) -> str:
    """Give an empty store: a folder."""
    return str(Path(mlflow_store.removeprefix("sqlite:///")).parent)


@pytest.fixture
def features(draw: Any) -> pd.DataFrame:
    """Make features of some customers."""
    return features_of(draw_customers(draw))


def features_of(customers: list[dict[str, Any]]) -> pd.DataFrame:
    """Make features, as `data_preparation` does."""
    frame = pd.DataFrame(customers).set_index("customer_id")
    frame["committed"] = frame["contract"] != "month-to-month"
    return frame.drop(columns="contract").astype(float)


def fit(name: str, known: pd.DataFrame, n_estimators: int, max_depth: int) -> Any:
    """Fit one of the models."""
    if name == "logistic regression":
        model = make_pipeline(StandardScaler(), LogisticRegression())
    else:
        forest = name == "random forest"
        kind = RandomForestClassifier if forest else GradientBoostingClassifier
        model = kind(n_estimators=n_estimators, max_depth=max_depth, random_state=0)
    return model.fit(known[COLUMNS], known["churned"])


def measured(
    features: pd.DataFrame, names: list[str] = NAMES, n_estimators: int = 5, max_depth: int = 2
) -> dict[str, tuple[float, Any]]:
    """Fit models; return the AUC on every fourth customer, and the model, by name; best first."""
    held_out = features.iloc[::4]
    known = features.drop(index=held_out.index)
    found = {}
    for name in names:
        model = fit(name, known, n_estimators, max_depth)
        scores = model.predict_proba(held_out[COLUMNS])[:, 1]
        found[name] = (float(roc_auc_score(held_out["churned"], scores)), model)
    return dict(sorted(found.items(), key=lambda one: -one[1][0]))


class Registry:
    """What is in the store's registry and tracking."""

    def __init__(self, store: str) -> None:
        uri = f"sqlite:///{store}/mlflow.db"
        self.client = MlflowClient(uri, registry_uri=uri)

    def keep(self, model: Any, place: Path) -> None:
        """Register a model that somebody else has trained, and make it the champion."""
        how = {"serialization_format": "cloudpickle", "pip_requirements": ["scikit-learn"]}
        mlflow.sklearn.save_model(model, str(place), **how)
        self.client.create_registered_model("churn")
        version = self.client.create_model_version("churn", place.as_uri()).version
        self.client.set_registered_model_alias("churn", "champion", version)

    @contextlib.contextmanager
    def somebody_else_registers(self, place: Path) -> Iterator[None]:
        """Have another model be registered as soon as one was, by whoever else has the store."""
        from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore

        real, own = SqlAlchemyStore.create_model_version, []

        def create(this: Any, name: str, *given: Any, **more: Any) -> Any:
            made = real(this, name, *given, **more)
            if not own:
                own.append(made)
                real(this, name, place.as_uri())
            return made

        with mock.patch.object(SqlAlchemyStore, "create_model_version", create):
            yield

    @property
    def content(self) -> tuple[list[int], int | None]:
        """Read the versions' numbers, and which of them is the champion."""
        versions = self.client.search_model_versions("name = 'churn'")
        models = self.client.search_registered_models("name = 'churn'")
        champions = [int(one.aliases["champion"]) for one in models if "champion" in one.aliases]
        return sorted(int(one.version) for one in versions), next(iter(champions), None)

    @property
    def runs(self) -> list[Any]:
        """Read all runs of the experiment, first the first."""
        found = self.client.get_experiment_by_name("churn")
        place = [found.experiment_id] if found else []
        return self.client.search_runs(place, order_by=["attributes.start_time ASC"])


@pytest.fixture
def channel(webhooks: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give the team's channel a webhook, which takes messages."""
    monkeypatch.setenv("CHURN_WEBHOOK", webhooks.slack_url)
    return webhooks


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


def ends_of(task_runs: list[Any], function: str) -> list[str]:
    """Return how the task runs of one function ended."""
    return [one.states[-1] for one in task_runs if one.function == function]


# Step 1: tasks and a flow


def test_good_day_is_one_flow_run_of_tasks(call: Ask, api: Any, store: str) -> None:
    run = call("training_pipeline", api.url, store, **SMALL, min_auc=1.0)
    outermost = [one for one in run.flow_runs if one.parent is None]
    assert [one.states[-1] for one in outermost] == ["Completed"], told(
        f"{run.said} Flow runs: {run.seen}.",
        "Expected: one flow run of training_pipeline, Completed.",
        "In production: Monday's run is a window that somebody has closed since. Whether it ran,"
        " when, and how far it came is not written down anywhere.",
    )
    names = [one.function for one in run.task_runs if one.flow_run_id is not None]
    wanted = ["load_customers", "engineer_features", *["train_model"] * len(NAMES)]
    assert [name for name in names if name in wanted] == wanted, told(
        f"{run.said} Task runs, in their order: {', '.join(names) or 'none'}.",
        f"Expected: {', '.join(wanted)}.",
        "In production: the run page says that 'training failed', not which part of it; and what is"
        " no task can be neither tried again nor kept.",
    )
    logged = [text for one in run.flow_runs for _, text in one.logs]
    assert any("The best is" in text for text in logged), told(
        f"{run.said} In the log of its flow runs, no line 'The best is ...', which it prints.",
        "In production: what is printed goes to a terminal that nobody looks at. A flow can log"
        " what it prints.",
    )


def test_bad_day_fails_at_the_task_that_failed(call: Ask, api: Any, store: str) -> None:
    for one in api.customers:
        del one["contract"]
    api.will(200)
    run = call("training_pipeline", api.url, store)
    outermost = [one.states[-1] for one in run.flow_runs if one.parent is None]
    failed = ends_of(run.task_runs, "engineer_features")
    is_its_own = isinstance(run.error, KeyError) and "contract" in str(run.error)
    assert is_its_own and outermost == ["Failed"] and failed == ["Failed"], told(
        f"{run.said} Flow runs: {run.seen}. engineer_features ended as: {failed or 'no task run'}.",
        "Tonight's customers have no column 'contract'. Expected: the KeyError of"
        " engineer_features; its task run and the flow run Failed.",
        "In production: the column was renamed on Tuesday, and the page is green until Friday.",
    )


def test_model_is_measured_on_customers_it_does_not_know(call: Ask, draw: Any) -> None:
    def is_measured(draw: Any) -> None:
        features = features_of(draw_customers(draw))
        # One customer whom the API lists twice, once among those held out; and a column more.
        features = pd.concat([features.iloc[:1], features])
        features["probability"] = features["churned"]
        for name, (wanted, model) in measured(features).items():
            run = call("train_model", name, features, **SMALL)
            assert ends_of(run.task_runs, "train_model") == ["Completed"], told(
                f"{run.said} The engine saw {len(run.task_runs)} task runs of it.",
                "Expected: one, of a task.",
                "In production: which of the three models took forty minutes, nobody can see.",
            )
            seen = run.get("val_auc")
            same = run.value["model"].predict_proba(features[COLUMNS]) if run.get("model") else 0
            alike = abs(same - model.predict_proba(features[COLUMNS])).max() < 1e-9
            assert run.get("name") == name and seen == pytest.approx(wanted, 1e-9) and alike, told(
                f"{run.said} val_auc: {seen}, {wanted} expected."
                f"{'' if alike else ' The model predicts otherwise than the one that was given.'}",
                "Expected: the given work: rows 0, 4, 8, ... are held out, whatever their"
                " customer_id; learnt from the other customers (rows 0 and 1 are one and the same,"
                " so from neither) and from COLUMNS only; and the exact AUC of the held out.",
                "In production: measured on customers whom it has learnt, the worst model looks"
                " best, passes the gate, and goes to work.",
            )

    draw.explain(is_measured)


# Step 2: retries


HEALS = (429, 500, 502, 503, 504, 507, 599)
HOPELESS = (400, 401, 403, 404, 405, 408, 409, 410, 422, 428, 430, 451, 499)


def answers_of(api: Any, replies: list[Any]) -> list[Any]:
    """Have the API say what was drawn."""
    return [api.answer(one.status, body=one.body, headers=one.headers) for one in replies]


def test_busy_api_is_asked_again(call: Ask, api: Any, clock: Any, draw: Any) -> None:
    drawn = answers_of(api, draw.errors(HEALS))
    tries = (10, 30, 60)
    for script in (
        (500, api.TIMEOUT, 429),
        (drawn[0], api.REFUSED, drawn[1]),
        (drawn[2], drawn[3], drawn[4]),
        (drawn[5], api.STALLED, drawn[6]),
    ):
        before, waited = len(api.requests), len(clock.waits)
        api.will(*script, 200)
        url = draw.url(api.url)
        run = call("load_customers", url)
        waits = [(wait.seconds, wait.by) for wait in clock.waits[waited:]]
        requests = api.requests[before:]
        answers = ", ".join(one.answered for one in requests)
        assert run.value == api.customers and waits == [(s, "engine") for s in tries], told(
            f"{run.said}",
            f"The API at {url} said: {answers}. Waits: {waits or 'none'}.",
            "Expected: the customers, after three answers that heal (429, 500 to 599, whatever"
            " their body), time-outs (which requests calls a ConnectionError in the middle of an"
            " answer) or refused connections, and waits of the engine of 10, 30 and 60 s.",
            "In production: the API was busy for a minute at 3:00, and at 9:00 there is no model;"
            " or the error message is taken for the customers.",
        )
        patience = [one.timeout_s for one in requests]
        assert all(seconds and seconds <= 30 for seconds in patience), told(
            f"{run.said} The requests would have waited for: {patience} (seconds; None is for"
            " ever).",
            "Expected: 30 s at most.",
            "In production: the API takes the call and says nothing. At 9:00 the run still waits.",
        )


def test_what_does_not_heal_is_an_error(call: Ask, api: Any, draw: Any) -> None:
    final = answers_of(api, draw.errors(HOPELESS))
    cut = api.answer(200, body='[{"customer_id": 7, "tenure_months"')
    for script, asked in (
        ((api.REFUSED,), 4),
        ((api.UNREACHED,), 4),
        ((503, 503, 503, 504), 4),
        *(((one,), 1) for one in (404, 401, 428, 499, *final, cut)),
    ):
        api.will(*script)
        before = len(api.requests)
        run = call("load_customers", draw.url(api.url))
        seen = [one.answered for one in api.requests[before:]]
        last = script[-1] != 504 or "504" in str(run.error)
        assert run.error is not None and len(seen) == asked and last, told(
            f"{run.said} The API was asked {len(seen)} times; it said: {', '.join(seen)}"
            f"{', and the JSON of it is cut off' if script[0] is cut else ''}.",
            f"Expected: {asked} request{'s' * (asked > 1)}, then the last error. (A time-out heals,"
            " also one while connecting.)",
            "In production: an error body becomes tonight's customers; or the API is restarted at"
            " 3:00, which one more try would not have noticed; or a wrong address is tried for 100"
            " seconds, each night, though no waiting will mend it.",
        )


# Step 3: the cache


def others_than(customers: Any) -> dict[str, list[dict[str, Any]]]:
    """Return other customers, each of them other in one thing only."""
    last, middle = customers[-1], len(customers) // 2
    calls, charges = (customers[middle][name] for name in ("support_calls", "monthly_charges"))
    contract = "month-to-month" if last["contract"] != "month-to-month" else "one year"
    none = next(place for place, one in enumerate(customers) if not one["churned"])
    changes = {
        "a customer_id that is one more": (-1, {"customer_id": last["customer_id"] + 1}),
        "another contract": (-1, {"contract": contract}),
        "one more support call": (
            middle,
            {"support_calls": calls + 1},
        ),
        "a charge that is a millionth more": (middle, {"monthly_charges": charges + 1e-6}),
        "one who left after all": (-1, {"churned": 1 - last["churned"]}),
        "a null where there was a 0": (none, {"churned": None}),
    }
    found = {}
    for what, (place, change) in changes.items():
        found[what] = list(customers)
        found[what][place] = {**customers[place], **change}
    other = next(one for one in customers if one["tenure_months"] != last["tenure_months"])
    pair = {id(last): other["tenure_months"], id(other): last["tenure_months"]}
    exchanged = [
        {**one, "tenure_months": pair.get(id(one), one["tenure_months"])} for one in customers
    ]
    names = {"tenure_months": "support_calls", "support_calls": "tenure_months"}
    renamed = [{names.get(key, key): one[key] for key in one} for one in customers]
    return {
        **found,
        "a customer less": list(customers[:-1]),
        "two customers' months under each other's id": exchanged,
        "two columns under each other's name": renamed,
    }


def test_features_are_paid_once_an_hour(call: Ask, api: Any, clock: Any, draw: Any) -> None:
    same, others = api.customers, others_than(api.customers)
    plan = [
        ("the first time", same, 0, "Completed"),
        ("with the same customers", same, 0, "Cached"),
        *((f"with {what}", rows, 0, "Completed") for what, rows in others.items()),
        ("with the first ones, 59 minutes later, at 0:29", same, 59, "Cached"),
        ("with the first ones, 61 minutes later", same, 2, "Completed"),
    ]
    clock.advance_to(23, 30)  # what is true for an hour is true on two days
    for when, rows, minutes, wanted in plan:
        clock.advance(minutes * 60)
        run = call("engineer_features", rows)
        ends = ends_of(run.task_runs, "engineer_features")
        assert ends == [wanted], told(
            f"engineer_features was called again and again, now {when}. Its task run ended as:"
            f" {ends or 'there is none'}. Expected: {wanted}.",
            "Each call stands for another process, where hash('text') is another number."
            if wanted == "Cached"
            else "What was kept for other customers, or for more than an hour, is not theirs.",
            "In production: the training fails, is mended and run again, and the 30 minutes of"
            " features are paid twice; or tonight's model learns from what was true yesterday.",
        )
        theirs = features_of(rows)
        is_theirs = isinstance(run.value, pd.DataFrame) and set(theirs) <= set(run.value)
        assert is_theirs and run.value[list(theirs)].equals(theirs), told(
            f"engineer_features was called {when}, and ended as {wanted}.",
            "Its result is not that of these customers.",
            "In production: two sets of customers, one set of features.",
        )
    are_those_of_the_customers(call, draw)


def are_those_of_the_customers(call: Ask, draw: Any) -> None:
    """Check the features of untidy customers."""

    def are_theirs(draw: Any) -> None:
        customers = draw_customers(draw, 60)
        run = call("engineer_features", customers)
        wanted = {
            one["customer_id"]: [*(one[name] for name in NUMBERS), is_committed(one)]
            for one in customers
        }
        seen = {}
        if isinstance(run.value, pd.DataFrame) and {*NUMBERS, "committed"} <= set(run.value):
            rows = run.value[[*NUMBERS, "committed"]].to_numpy().tolist()
            seen = dict(zip(run.value.index.tolist(), rows, strict=True))
        wrong = [one for one in wanted if seen.get(one) != pytest.approx(wanted[one])]
        such = f"; {wrong[0]} has {seen.get(wrong[0])}, not {wanted[wrong[0]]}" if wrong else ""
        assert list(seen) == list(wanted) and not wrong, told(
            f"{run.said} {len(wrong)} of {len(wanted)} customers are wrong or missing{such}.",
            "Expected: the index customer_id in the order given, the three numbers as they are, and"
            " committed: 1 for any contract other than month-to-month.",
            "In production: next year there is another contract, and the export has another order"
            " of columns. The model gets what it was never trained on.",
        )

    draw.explain(are_theirs)


def is_committed(customer: dict[str, Any]) -> int:
    """Say what `committed` is for a customer."""
    return int(customer["contract"] != "month-to-month")


def test_customers_are_loaded_each_time(call: Ask, api: Any, draw: Any) -> None:
    runs = [call("data_preparation", url) for url in (api.url, f"{api.url}?mirror=2")]
    ends = [end for one in runs for end in ends_of(one.task_runs, "engineer_features")]
    asked = len(api.requests)
    assert ends == ["Completed", "Cached"] and asked == 2, told(
        "data_preparation was called for two addresses: engineer_features ended as"
        f" {ends or 'no task runs'}, the API was asked {asked} times.",
        "The customers were the same at both. Expected: Completed, then Cached, and 2 requests.",
        "In production: whether the customers are still the same is known only to who asks. Not"
        " asked, the rerun at 3:50 trains on what was true at 3:00.",
    )
    api.customers = draw_customers(draw)
    api.will(200)
    run = call("data_preparation", api.url)
    seen = len(run.value) if isinstance(run.value, pd.DataFrame) else 0
    ids = [one["customer_id"] for one in api.customers]
    assert seen and run.value.index.tolist() == ids, told(
        f"data_preparation was called a third time, when the API had others: {run.said}",
        f"Expected: the features of the {len(ids)} customers that the API had now.",
        "In production: tonight's model learns from the customers of yesterday.",
    )


# Step 4: parallel


def test_three_models_train_at_once(
    call: Ask, solution: Any, features: pd.DataFrame, overlap: Any, impatience: Any
) -> None:
    overlap.hold_until(3)
    with impatience() as limits:
        run = call("compare_models", features, **SMALL)
    lasts = {name: getattr(getattr(solution, name), "timeout_seconds", None) for name in TAKES_S}
    short = {name: limit for name, limit in lasts.items() if limit and limit <= TAKES_S[name]}
    assert not short and not limits, told(
        f"{run.said} Its waits have limits: {sorted(set(limits)) or 'none'} (seconds; each is over"
        f" here at once). The engine ends runs of {short or 'nothing'} too soon.",
        f"Expected: time enough. On real data they take: {TAKES_S} (seconds).",
        "In production: a model of forty minutes is given up after thirty, and trains on in its"
        " thread. Here, on a few customers, nobody has noticed.",
    )
    assert overlap.peak == 3 and [one.states[-1] for one in run.flow_runs] == ["Completed"], told(
        f"{run.said} {len(overlap.trainings)} trainings, at most {overlap.peak} at the same time.",
        f"Each was held until three had come, or no more came. Flow runs: {run.seen}.",
        "Expected: 3, in one flow run of compare_models.",
        "In production: three models of forty minutes are ready at 6:00 instead of 4:40, and the"
        " calls are planned at 5:00. A task that is called, or asked at once for its result, is"
        " waited for.",
    )


def test_best_one_wins_though_another_fails(
    call: Ask, features: pd.DataFrame, overlap: Any
) -> None:
    order = measured(features)  # the best first: it fails first
    left = list(order)
    for error in (MemoryError("no room"), KeyError("tariff")):
        overlap.will_fail(left.pop(0), error=error)
        run = call("compare_models", features, **SMALL)
        states = ends_of(run.task_runs, "train_model")
        wanted = order[left[0]][0]
        right = run.get("name") == left[0] and run.get("val_auc") == pytest.approx(wanted, 1e-9)
        assert right and states.count("Failed") == 3 - len(left), told(
            f"{run.said} train_model ended as: {states or 'no task runs'}.",
            f"Without errors their order would be: {', '.join(order)}. All but"
            f" {' and '.join(left)} fail, the last with a {type(error).__name__}."
            f" Expected: the {left[0]}, with {wanted}; {3 - len(left)} task runs Failed.",
            "In production: one model that does not converge, and there is none tonight; or the"
            " worst of them goes to work.",
        )


def test_all_failed_is_an_error(call: Ask, features: pd.DataFrame, overlap: Any) -> None:
    overlap.will_fail(*NAMES, error=ValueError("no convergence"))
    run = call("compare_models", features, **SMALL)
    states = [one.states[-1] for one in run.flow_runs]
    assert run.error is not None and states == ["Failed"], told(
        f"{run.said} Flow runs: {run.seen}.",
        "All three trainings fail. Expected: an exception, and the flow run Failed.",
        "In production: no model, and all is green. A submitted task that failed fails nobody"
        " else.",
    )


# Step 5: parameters


@pytest.fixture
def fitted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Note the settings of each tree model that is fitted."""
    from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier

    seen: list[tuple[int, int]] = []
    for kind in (GradientBoostingClassifier, RandomForestClassifier):

        def fit(model: Any, *given: Any, real: Any = kind.fit, **more: Any) -> Any:
            asked = model.n_estimators
            seen.append((asked, model.max_depth))
            model.n_estimators = min(asked, 20)  # a forest takes its time
            real(model, *given, **more)
            model.n_estimators = asked
            return model

        monkeypatch.setattr(kind, "fit", fit)
    return seen


def test_parameters_reach_the_models(
    call: Ask, api: Any, store: str, fitted: list[tuple[int, int]], features: pd.DataFrame
) -> None:
    run = call("training_pipeline", api.url, store, n_estimators=1, max_depth=1, min_auc=1.0)
    first = run.flow_runs[0].parameters if run.flow_runs else {}
    recorded = {key: first.get(key) for key in ("n_estimators", "max_depth")}
    assert fitted == [(1, 1), (1, 1)] and recorded == {"n_estimators": 1, "max_depth": 1}, told(
        f"{run.said} n_estimators and max_depth of the tree models that were fitted: {fitted}.",
        f"The engine recorded: {recorded}. Expected: 1 and 1 for both models, and recorded.",
        "In production: somebody edits the file to try 200 trees, and it runs like that at night,"
        " for three weeks; nobody can say which model had how many.",
    )
    del fitted[:]
    train = functools.partial(call, "training_pipeline", api.url, store, min_auc=1.0)
    for ask, more, wanted in (
        (train, {"n_estimators": 5000}, (5000, 3)),
        (functools.partial(call, "compare_models", features), {}, (20, 3)),
    ):
        run = ask(**more)
        seen = fitted[-2:]
        assert seen == [wanted] * 2, told(
            f"{run.said} n_estimators and max_depth of the tree models: {seen}.",
            f"Expected: {wanted} for both, also after a run with other ones.",
            "In production: whoever tried 200 trees in the morning has set them for the night.",
        )


def test_wrong_parameter_costs_nothing(call: Ask, api: Any, store: str, laws: Any) -> None:
    optimized = laws.load_optimized()
    outside = [-0.01, 1.01, -math.inf, math.nan]
    for wrong in (
        {"max_depth": 0},
        {"n_estimators": 0},
        {"n_estimators": -5, "min_auc": 0.5},
        {"n_estimators": 2.5},
        {"max_depth": 1.5},
        *({"min_auc": auc} for auc in outside),
    ):
        run = call("training_pipeline", api.url, store, loaded=optimized, **wrong)
        asked = len(api.requests)
        assert run.error is not None and asked == 0, told(
            f"{run.said} {asked} request{'s' * (asked != 1)} went to the API.",
            "Expected: an exception, and no request; also of `python -O`, as which your file was"
            " loaded here: each `assert` is left out.",
            "In production: 30 minutes of features, then 'max_depth must be 1 or more'; or a gate"
            " of 70, meant in percent, that no model will ever pass.",
        )
    runs = Registry(store).runs
    assert not runs, told(
        f"Wrong parameters were refused, and left {len(runs)} MLflow runs. Expected: none.",
        "In production: the tracker is full of trainings that never were.",
    )


# Step 6: subflows


def test_inference_prepares_as_training_does(
    call: Ask, solution: Any, flaky_api: Any, store: str, draw: Any
) -> None:
    known = draw_customers(draw, 48, also=["one value for all rows"])
    for one in known:
        one["churned"] = 1 - is_committed(one)
    flaky_api.customers = known
    flaky_api.will(200)
    training = call("training_pipeline", flaky_api.url, store, **SMALL, min_auc=0.0)
    tonight = draw_customers(draw, 48, also=["one value for all rows"], churned=False)
    numbers = {name: known[0][name] for name in NUMBERS}
    flaky_api.customers = [{**one, **numbers} for one in tonight]
    flaky_api.will(200)
    inference = call("inference_pipeline", flaky_api.url, store)
    scores = inference.value if isinstance(inference.value, dict) else {}
    leaving = {key: score > 0.5 for key, score in scores.items()}
    wanted = {one["customer_id"]: not is_committed(one) for one in tonight}
    committed = [key for key, leaves in wanted.items() if not leaves]
    loyal = sum(leaving.get(key, True) for key in committed)
    assert leaving == wanted, told(
        f"{inference.said}",
        "In training, exactly those with a month-to-month contract left. Of the"
        f" {len(committed)} with another one, {loyal} are scored above 0.5. Expected: 0, and above"
        " 0.5 all others, by customer_id.",
        "In production: the features are made in two places, one was mended in March, and since"
        " then 2,000 loyal customers a week are offered a discount. No error, no red run.",
    )
    kinds = {(type(key), isinstance(score, float)) for key, score in scores.items()}
    assert kinds == {(int, True)}, told(
        f"inference_pipeline returned {shorten(repr(dict(list(scores.items())[:2])))}.",
        f"Types of its keys, and whether its values are floats: {kinds}. Expected: int, float.",
        "In production: whoever writes them as JSON, or looks a customer up, gets an error.",
    )
    for run, name in ((training, "training_pipeline"), (inference, "inference_pipeline")):
        parents = [one for one in run.flow_runs if one.parent is None]
        children = [one.flow_name for one in run.flow_runs if one.parent in parents]
        shared = getattr(solution.data_preparation, "name", "data_preparation")
        assert len(parents) == 1 and shared in children, told(
            f"{run.said} Flow runs: {run.seen}.",
            f"Expected: one run of {name}, and {shared} as a child of it.",
            "In production: nothing sees to it that both prepare alike; and the run page does not"
            " show that it was the preparation which failed.",
        )


# Step 7: tracking, and a gate


def files_of(store: str) -> set[str]:
    """Return the names of the store's files, without those that MLflow writes when it reads."""
    found = (path.relative_to(store) for path in Path(store).rglob("*") if path.is_file())
    return {str(one) for one in found if one.name != "registered_model_meta"}


def pickled_by_prefect() -> dict[Path, list[str]]:
    """Return the files of Prefect's storage of results, and which classes each has pickled."""
    folder = PREFECT_LOCAL_STORAGE_PATH.value()
    found = {}
    for path in filter(Path.is_file, folder.rglob("*")):
        with contextlib.suppress(Exception):  # an old one, or none of a result
            value = ResultRecord.deserialize(path.read_bytes()).result
            parts = value.values() if isinstance(value, dict) else [value]
            found[path] = [type(one).__name__ for one in parts if isinstance(one, BaseEstimator)]
    return found


def test_training_is_tracked_and_registered(call: Ask, api: Any, store: str) -> None:
    before, kept_before = files_of(store), set(pickled_by_prefect())
    best, (auc, _) = next(iter(measured(features_of(api.customers)).items()))
    run = call("training_pipeline", api.url, store, **SMALL, min_auc=auc)
    registry = Registry(store)
    seen = [
        (one.info.status, one.data.params, one.data.metrics.get("val_auc")) for one in registry.runs
    ]
    params = {
        "model": best,
        "orchestrator": "prefect",
        **{key: str(value) for key, value in SMALL.items()},
    }
    is_tracked = len(seen) == 1 and {**seen[0][1], **params} == seen[0][1]
    assert is_tracked and (seen[0][0], seen[0][2]) == ("FINISHED", run.get("val_auc")), told(
        f"{run.said} MLflow runs of the experiment 'churn' (status, parameters, val_auc):"
        f" {seen or 'none'}.",
        f"Expected: one, FINISHED, with at least {params}, and val_auc as returned.",
        "In production: which of the 90 models of this quarter had 20 trees, how good was it, and"
        " which tool has made it? Nobody knows.",
    )
    content = registry.content
    assert content == ([1], 1) and run.get("version") == 1, told(
        f"{run.said} Versions in the registry: {content[0]}, champion: {content[1]}.",
        f"Its val_auc is {auc}, and so is the gate: or more. Expected: version 1, the champion,"
        " and 'version': 1.",
        "In production: inference has no model to load.",
    )
    own = ("artifacts/", "mlflow.db")  # beside the database, for a while, its journal
    left = sorted(one for one in files_of(store) - before if not one.startswith(own))
    assert left == [], told(
        f"{run.said} It also left {left} in the store.",
        "Expected: nothing beside MLflow's database and its artifacts.",
        "In production: the file is overwritten each night, also by a model that the gate refused;"
        " and somebody's script goes on loading it.",
    )
    kept = {one: models for one, models in pickled_by_prefect().items() if one not in kept_before}
    models = sorted(name for one in kept.values() for name in one)
    assert not models, told(
        f"{run.said} Prefect's storage of results has new files with models in them: {models}.",
        "Expected: the store keeps the model, nothing else does. A task's or flow's result is kept"
        " with `persist_result=True`, or a policy for its cache.",
        "In production: three pickled models a night in the worker's home, where nobody looks and"
        " nothing is ever deleted.",
    )
    shutil.rmtree(Path(store) / "artifacts")
    (Path(store) / "artifacts").write_text("in the way")
    run = call("training_pipeline", api.url, store, **SMALL, min_auc=0.0)
    assert run.error is not None and registry.content == content, told(
        f"{run.said} Versions in the registry: {registry.content[0]}, champion:"
        f" {registry.content[1]}.",
        "No artifact can be written to this store (a file is in the way). Expected: an error, and"
        " the registry as before.",
        "In production: the disk was full. All is green, and inference has a version without a"
        " model.",
    )


def test_champion_scores_whichever_it_is(call: Ask, api: Any, store: str, draw: Any) -> None:
    registry, drawn = Registry(store), (draw_customers(draw), api.customers)
    forest = measured(features_of(drawn[0]), ["random forest"])  # it knows what to do with a blank
    models = [next(iter(one.values()))[1] for one in (forest, measured(features_of(drawn[1])))]
    first = Path(store) / "artifacts" / "first"
    registry.keep(models[0], first)
    with registry.somebody_else_registers(first):
        run = call("training_pipeline", api.url, store, **SMALL, min_auc=0.0)
    content = registry.content
    assert content == ([1, 2, 3], 2) and run.get("version") == 2, told(
        f"{run.said} Versions: {content[0]}, champion: {content[1]}.",
        "There was a champion, version 1; this one passed the gate. As soon as it was registered,"
        " somebody else registered another one. Expected: versions 1, 2 and 3, the champion is 2,"
        " and 'version': 2.",
        "In production: tonight's model waits, and last month's goes on scoring; or the champion is"
        " a model that somebody was trying out meanwhile, and that no gate has judged.",
    )
    api.customers = draw_customers(draw, 20, churned=False)
    api.will(200)
    for version in (2, 1, None):
        if version == 1:
            api.customers = [
                {**one, "support_calls": None if n == 7 else one["support_calls"]}
                for n, one in enumerate(api.customers)
            ]
            api.will(200)
            registry.client.set_registered_model_alias("churn", "champion", "1")
        elif version is None:
            registry.client.delete_registered_model_alias("churn", "champion")
        before = registry.content, len(registry.runs), files_of(store)
        scored = call("inference_pipeline", api.url, store)
        if version is None:
            assert scored.error is not None, told(
                f"{scored.said}",
                "Versions 1 to 3 are in the registry, but the alias champion was just taken away."
                " Expected: an error.",
                "In production: the alias is how a bad model is taken out of service at 9:00."
                " Whoever loads a file, the newest version or the best run goes on scoring with"
                " it.",
            )
            continue
        tonight = features_of(api.customers)
        probabilities = models[version - 1].predict_proba(tonight[COLUMNS])[:, 1]
        wanted = dict(zip(tonight.index, probabilities, strict=True))
        missing = [
            one for one in wanted if isinstance(scored.value, dict) and one not in scored.value
        ]
        assert not missing, told(
            f"{scored.said} It has no score of {len(missing)} of {len(wanted)} customers, such as"
            f" {missing[0]}.",
            "The champion is a forest, which knows what to do with a blank; support_calls of one"
            " customer is blank. Expected: a score of each.",
            "In production: who is not scored is not called. All is green, and nobody has decided"
            " that.",
        )
        assert scored.value == pytest.approx(wanted, abs=1e-9), told(
            f"{scored.said}",
            f"The champion is version {version} of 3 now. Expected: what it says of these"
            f" {len(tonight)} customers, {shorten(repr(dict(list(wanted.items())[:2])))} to begin"
            " with.",
            "In production: a bad model was taken out of service at 9:00, and the worker goes on"
            " with the one that it has loaded, or takes the newest.",
        )
        after = registry.content, len(registry.runs), files_of(store)
        assert after == before, told(
            f"{scored.said} Versions with the champion, and number of MLflow runs: {before[:2]},"
            f" and then {after[:2]}; new files: {sorted(after[2] - before[2]) or 'none'}.",
            "Expected: nothing in the store changes.",
            "In production: inference runs 24 times a day, and the store has 8,760 runs a year"
            " that are no trainings.",
        )


def test_gate_keeps_a_poor_model_out(
    call: Ask, api: Any, store: str, beside_callers_run: Any
) -> None:
    other = Path(store) / "another store"
    other.mkdir()
    shutil.copy(Path(store) / "mlflow.db", other)
    scored = call("inference_pipeline", api.url, store)
    assert scored.error is not None, told(
        f"{scored.said}",
        "The store is empty. Expected: an error, as there is no champion.",
        "In production: customers are scored by nobody knows which model.",
    )
    # Seven of the twenty that are held out have left: no AUC of theirs has an end, in decimals.
    known = [
        {**one, "churned": int(n % 12 == 0)} if n % 4 == 0 else one
        for n, one in enumerate(api.customers)
    ]
    auc = next(iter(measured(features_of(known)).values()))[0]
    api.customers = [
        {**one, "churned": one["churned"] * (n % 4 > 0)} for n, one in enumerate(known)
    ]
    api.will(200)
    run = call("training_pipeline", api.url, str(other), **SMALL, min_auc=0.0)
    content = Registry(str(other)).content
    assert content == ([], None) and run.get("version") is None, told(
        f"{run.said} Versions in the registry: {content[0]}, champion: {content[1]}.",
        "All customers that were held out have stayed: there is no AUC, and val_auc is nan, which"
        " is neither less than the gate (0.0) nor `min_auc` or more. Expected: nothing registered.",
        "In production: a model that nobody could measure is the champion.",
    )
    api.customers = known
    api.will(200)
    run = call("training_pipeline", api.url, store, **SMALL, min_auc=math.nextafter(auc, 2))
    runs, content = Registry(store).runs, Registry(store).content
    returned = run.value.get("version", 0) if run.get("name") else 0
    assert run.error is None and returned is None and content == ([], None), told(
        f"{run.said} The best val_auc is {auc}. Versions in the registry: {content[0]}.",
        "Expected: 'version': None, and nothing registered.",
        "In production: each poor night is a new version, which looks like a good one.",
    )
    tracked = [one.data.metrics.get("val_auc") for one in runs]
    assert tracked == [run.get("val_auc")] and tracked == pytest.approx([auc], 1e-9), told(
        f"{run.said} val_auc of the MLflow runs in its store: {tracked}. Returned:"
        f" {run.get('val_auc')}. Expected: one run, and both {auc}: as it was measured, of which"
        " the gate judges.",
        "The calls: an inference in one store, a training in another, one in the first.",
        "In production: the gate has been shut for a week, and nobody can see how far we are off;"
        " or the runs of one team lie in the other team's store.",
    )
    ask = functools.partial(call, "training_pipeline", api.url, store)
    gate = math.nextafter(auc, 2)
    beside_callers_run(f"sqlite:///{store}/mlflow.db", lambda: ask(**SMALL, min_auc=gate).said)


# Step 8: deploy


def test_both_pipelines_run_by_the_clocks_of_paris(call: Ask, solution: Any, api: Any) -> None:
    training, inference = deployed(call, solution, api).values()
    for day, change in ((SPRING, "spring"), (AUTUMN, "autumn")):
        seen = [one.strftime("%d %H:%M") for one in next_runs(training, day, 3)]
        wanted = [(day + timedelta(days=n)).strftime("%d 04:00") for n in range(3)]
        assert seen == wanted, told(
            f"training_pipeline would run at {', '.join(seen) or 'no time'} (day and time in Paris,"
            f" around the change of the clocks in {change} 2027).",
            f"Expected: {', '.join(wanted)}.",
            "In production: without a time zone a schedule is in UTC: an hour late in winter, two"
            " in summer. The calls are planned at 5:00, with yesterday's model.",
        )
    seen = {f"{one:%d %b %H:%M}" for one in next_runs(training, SPRING, 365)}
    every = [SPRING + timedelta(days=n) for n in range(365)]
    never = [f"{day:%d %b}" for day in every if f"{day:%d %b} 04:00" not in seen]
    assert not never, told(
        f"In the 365 days from 27 March 2027, training_pipeline would not run on {len(never)}:"
        f" {', '.join(never[:5])}.",
        "Expected: each day.",
        "In production: no model for the first day of the month, and nobody is told of a run that"
        " was never planned.",
    )
    midnight = AUTUMN + timedelta(days=1)
    seen = [one.strftime("%H:%M %z") for one in next_runs(inference, midnight, 25)]
    hours = [midnight.astimezone(timezone.utc) + timedelta(hours=n) for n in range(25)]
    wanted = [one.astimezone(PARIS).strftime("%H:%M %z") for one in hours]
    assert seen == wanted, told(
        f"inference_pipeline would run at {', '.join(seen) or 'no time'}, on the Sunday in October"
        " 2027 on which the hour from 2 to 3 passes twice in Paris.",
        f"Missing: {', '.join(one for one in wanted if one not in seen) or 'none'}. Expected: each"
        " full hour that passes, 25 times.",
        "In production: a cron of Paris starts one run for both hours (kata 10); a cron field in"
        " the wrong place is once a day, or each minute; and who counts from the clock of the"
        " machine that deploys (here: one in Kolkata, 5 h 30 from UTC) starts at half past.",
    )


def test_deployments_carry_the_parameters(call: Ask, solution: Any, api: Any) -> None:
    earlier = deployed(call, solution, api)
    call("deployments", f"{api.url}?region=2", "another folder")
    for name, deployment in earlier.items():
        given = dict(deployment.parameters)
        for one in deployment.schedules or []:
            given |= one.parameters or {}
        known = set(inspect.signature(getattr(solution, name)).parameters)
        right = {"url": api.url, "store": "folder"}
        assert {**given, **right} == given and set(given) <= known, told(
            f"The deployment of {name} gives it the parameters {given}.",
            f"Expected: at least {right}, and none that it does not take ({sorted(known)}).",
            "In production: no one checks them before 4:00; then each run fails at once.",
        )


@contextlib.contextmanager
def in_kolkata() -> Iterator[None]:
    """Be on a machine of another time zone, 5 h 30 from UTC."""
    with contextlib.ExitStack() as stack:
        stack.callback(time.tzset)
        stack.enter_context(mock.patch.dict("os.environ", TZ="IST-05:30"))
        time.tzset()
        yield


def deployed(call: Ask, solution: Any, api: Any) -> dict[str, Any]:
    """Return the one deployment of each pipeline."""
    with in_kolkata():
        run = call("deployments", api.url, "folder")
    every = run.value if isinstance(run.value, list | tuple) else []
    found = {}
    for name in ("training_pipeline", "inference_pipeline"):
        flow_name = getattr(getattr(solution, name), "name", None)
        own = [one for one in every if getattr(one, "flow_name", "") == flow_name]
        assert len(every) == 2 and len(own) == 1, told(
            f"{run.said}",
            f"Expected: a list of two deployments, one of them of {name}.",
            "In production: a crontab on somebody's machine. It does not know whether the run went"
            " well, and the machine is switched off in August.",
        )
        found[name] = own[0]
        idle = [one.schedule for one in own[0].schedules or [] if not one.active]
        limits = own[0].concurrency_limit, own[0].concurrency_options
        cancels = "CANCEL_NEW" in str(limits)
        assert not own[0].paused and not idle and not cancels, told(
            f"The deployment of {name} is paused: {own[0].paused}; its idle schedules: {idle};"
            f" its limit of runs at once: {limits}.",
            "Expected: a deployment that runs by itself, each time; whose runs may wait for each"
            " other, but are not cancelled because of each other.",
            "In production: it is on the page, it has a next date, and nothing starts; or a run"
            " takes an hour and a minute, and the next one is dropped, of which no hook tells.",
        )
    return found


def next_runs(deployment: Any, start: datetime, count: int) -> list[datetime]:
    """Compute the next runs of a deployment as the server would, in Paris time."""
    from prefect.server.schemas import schedules

    found: set[datetime] = set()  # in UTC: within one zone 02:00 and the next 02:00 are equal
    for one in deployment.schedules or []:
        kind = getattr(schedules, type(one.schedule).__name__)
        schedule = kind(**one.schedule.model_dump())
        dates = asyncio.run(schedule.get_dates(count, start=start))
        found |= {one.astimezone(timezone.utc) for one in dates}
    return [one.astimezone(PARIS) for one in sorted(found)][:count]


# Step 9: notify


def test_team_is_told_once_after_the_last_retry(
    call: Ask, api: Any, channel: Any, store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = channel.slack_url.replace("/B0", "/B9")
    for number, name in enumerate(("training_pipeline", "inference_pipeline")):
        before, earlier = len(api.requests), len(channel.posts)
        if number:
            monkeypatch.setenv("CHURN_WEBHOOK", other)
            api.customers = [{**one, "tenure_months": ODD} for one in api.customers]
        api.will(200 if number else 503)
        run = call(name, api.url, store)
        asked, posts = len(api.requests) - before, channel.posts[earlier:]
        tries, said = (1, "customers with text for a number") if number else (4, "503")
        assert (asked, len(posts)) == (tries, 1), told(
            f"{run.said} The API was asked {asked} times and said {said}; messages to the team:"
            f" {[shorten(post.text) for post in posts] or 'none'}.",
            f"Expected: {tries} request{'s' * (tries > 1)}, as it does not heal; and one message.",
            "In production: nobody is told; or everybody, four times a night, about what heals by"
            " itself. On Thursday the channel is muted.",
        )
        outermost = next(one for one in run.flow_runs if one.parent is None)
        wanted = (outermost.flow_name, outermost.name, "Łódź" if number else "503")
        missing = [one for one in wanted if one not in posts[0].text]
        assert not missing and posts[0].answered == 200, told(
            f"{run.said} The text of the message: {shorten(posts[0].text)!r}, answered"
            f" {posts[0].answered}. It lacks: {missing or 'nothing'}.",
            "Expected: the flow, the flow run and the error; a JSON object, answered 200, whatever"
            " signs the error has, and however long it is: what may be cut is the error.",
            "In production: 'Pipeline failed.' Which one, which run, and why?",
        )
        patience = posts[0].timeout_s
        assert patience and patience <= 30, told(
            f"It would have waited for the webhook's answer for {patience} s (None: for ever).",
            "Expected: 30 s at most.",
            "In production: the pipeline failed at 3:01, and is 'Running' until noon: it waits for"
            " a chat.",
        )
        assert ("/B9" in posts[0].path) == bool(number), told(
            f"{run.said} CHURN_WEBHOOK had been changed since the run before."
            " The message went to the earlier address."
            if number
            else f"{run.said} The message went to another address than CHURN_WEBHOOK's.",
            "Expected: the address that CHURN_WEBHOOK has when there is something to tell.",
            "In production: the address was changed because strangers had it.",
        )


ODD = 'a "dozen" of \\months in Łódź 🔥' + " and elsewhere" * 300


DEAD = {500: "answered 500", "dead": "refused", "silent": "said nothing", "broken": "hung up"}


def test_dead_webhook_hides_nothing(
    call: Ask, api: Any, channel: Any, store: str, written: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, (mood, did) in enumerate(DEAD.items()):
        api.will(404)
        channel.will_be(mood)
        # Some services have their secret right behind the host, and signs that are sent otherwise.
        behind = channel.slack_url.replace("/services/", "?room=|")
        monkeypatch.setenv("CHURN_WEBHOOK", behind if number else channel.slack_url)
        earlier, refused = len(channel.posts), channel.refused_count
        with written.hearing():
            name = ("inference_pipeline", "training_pipeline")[number % 2]
            run = call(name, api.url, store)
        outermost = [one.states[-1] for one in run.flow_runs if one.parent is None]
        posts = len(channel.posts) - earlier
        told_it = posts + channel.refused_count - refused
        assert told_it and "404" in str(run.error) and outermost == ["Failed"], told(
            f"{run.said} Messages to the team: {told_it}. Flow runs: {run.seen}.",
            f"The API says 404, the webhook {did}. Expected: a message all the same, the 404 as"
            " the error, and the run Failed.",
            "In production: the chat is down as well, and its error is all that anybody sees; or"
            " inference, 24 runs a day, tells nobody.",
        )
        assert mood not in ("silent", "broken") or posts == 1, told(
            f"{run.said} Messages that the webhook took: {posts}.",
            f"It took the message and {did}. Expected: one. It may have told the team already.",
            "In production: the chat is slow tonight, and each alarm is there twice. Somebody looks"
            " for the second failure until noon.",
        )
        logged = written.text + repr(run.flow_runs)
        found = written.part_of(channel.slack_url, logged)
        place = max(logged.find(found) - 60, 0)
        line = shorten(logged[place : place + 160].replace(channel.token, "(secret)"))
        assert not found, told(
            f"The webhook {did}. In the log: {line!r} (It has {found!r}.)",
            "Expected: the address of the webhook in no log, nor a part of it beyond the host.",
            "In production: who can read the log can write in your channel. "
            + (
                "httpx logs each address that it calls, at level INFO."
                if "httpx" in line
                else "`raise_for_status` quotes the whole address (kata 11)."
            ),
        )


def test_success_is_silent(call: Ask, api: Any, channel: Any, store: str, overlap: Any) -> None:
    overlap.will_fail("gradient boosting", error=ValueError("no convergence"))
    api.will(503, 200)
    training = call("training_pipeline", api.url, store, **SMALL, min_auc=0.0)
    api.will(503, 200)
    inference = call("inference_pipeline", api.url, store)
    more = len(channel.posts)
    assert training.error is None and inference.error is None and more == 0, told(
        f"{training.said} {inference.said} Messages to the team: {more}.",
        "The API was busy once, and one of three models failed: both runs went well. Expected: no"
        " message.",
        "In production: 25 messages a day that all is well, and the 26th is not read.",
    )

"""What the engine, the store and the API saw of your pipeline, step by step."""

import asyncio
import inspect
import math
import textwrap
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from mlflow import MlflowClient

NUMBERS = ["tenure_months", "monthly_charges", "support_calls"]
NAMES = ["logistic regression", "random forest", "gradient boosting"]
SMALL = {"n_estimators": 5, "max_depth": 2}
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
def call(solution: Any, prefect_history: Any) -> Ask:
    """Call a function of the solution and collect what was seen."""

    def ask(name: str, *given: Any, **more: Any) -> Call:
        flows, tasks = prefect_history.flow_run_count, len(prefect_history.task_runs)
        value, error = None, None
        try:
            value = getattr(solution, name)(*given, **more)
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


@pytest.fixture
def api(flaky_api: Any, customers: pd.DataFrame) -> Any:
    """Have the API know some customers."""
    flaky_api.customers = customers.head(COUNT).to_dict("records")
    flaky_api.will(200)
    return flaky_api


@pytest.fixture
def store(mlflow_store: str) -> str:
    """Give an empty store: a folder."""
    return str(Path(mlflow_store.removeprefix("sqlite:///")).parent)


@pytest.fixture
def features(customers: pd.DataFrame) -> pd.DataFrame:
    """Make features, as `data_preparation` does."""
    frame = customers.head(COUNT).set_index("customer_id")
    frame["committed"] = frame["contract"] != "month-to-month"
    return frame.drop(columns="contract").astype(float)


class Registry:
    """What is in the store's registry and tracking."""

    def __init__(self, store: str) -> None:
        uri = f"sqlite:///{store}/mlflow.db"
        self.client = MlflowClient(uri, registry_uri=uri)

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
    return "\n".join(textwrap.fill(line, 98, break_on_hyphens=False) for line in lines)


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


# Step 2: retries


def test_busy_api_is_asked_again(call: Ask, api: Any, clock: Any) -> None:
    api.will(503, api.TIMEOUT, 429, 200)
    run = call("load_customers", api.url)
    waits = [(wait.seconds, wait.by) for wait in clock.waits]
    answers = ", ".join(one.answered for one in api.requests)
    assert run.value == api.customers and waits == [(s, "engine") for s in (10, 30, 60)], told(
        f"{run.said}",
        f"The API said: {answers}. Waits: {waits or 'none'}.",
        "Expected: the customers, after 503, time-out, 429, 200, and waits of the engine of 10, 30"
        " and 60 s.",
        "In production: the API was busy for a minute at 3:00, and at 9:00 there is no model; or"
        " the error message is taken for the customers.",
    )
    patience = [one.timeout_s for one in api.requests]
    assert all(seconds and seconds <= 30 for seconds in patience), told(
        f"{run.said} The requests would have waited for: {patience} (seconds; None is for ever).",
        "Expected: 30 s at most.",
        "In production: the API takes the call and says nothing. At 9:00 the run still waits.",
    )


def test_what_does_not_heal_is_an_error(call: Ask, api: Any) -> None:
    for answer, count in ((api.REFUSED, 4), (404, 1)):
        api.will(answer)
        before = len(api.requests)
        run = call("load_customers", api.url)
        asked = [one.answered for one in api.requests[before:]]
        assert run.error is not None and len(asked) == count, told(
            f"{run.said} The API was asked {len(asked)} times; it said: {', '.join(asked)}.",
            f"Expected: {count} request{'s' * (count > 1)}, then an exception.",
            "In production: an error body becomes tonight's customers; or the API is restarted at"
            " 3:00, which one more try would not have noticed; or a wrong address is tried for 100"
            " seconds, each night, though no waiting will mend it.",
        )


# Step 3: the cache


def test_features_are_paid_once_an_hour(call: Ask, api: Any, clock: Any, draw: Any) -> None:
    others = [{**one, "support_calls": one["support_calls"] + 1} for one in api.customers]
    runs = [call("engineer_features", one) for one in (api.customers, api.customers, others)]
    clock.advance(61 * 60)
    runs.append(call("engineer_features", api.customers))
    ends = [end for run in runs for end in ends_of(run.task_runs, "engineer_features")]
    assert ends == ["Completed", "Cached", "Completed", "Completed"], told(
        "engineer_features was called four times: with some customers, with the same ones, with"
        " others, and 61 minutes later with the first ones again.",
        f"Its task runs ended as: {ends or 'there are none'}.",
        "Expected: Completed, Cached, Completed, Completed.",
        "In production: the training fails, is mended and run again, and the 30 minutes of features"
        " are paid twice; or tonight's model learns from what was true yesterday.",
    )
    calls = [one.value["support_calls"].tolist()[0] for one in runs[1:3]]
    first = api.customers[0]["support_calls"]
    assert calls == [first, first + 1], told(
        f"support_calls of the first customer, as used again and as made new: {calls}.",
        f"Expected: {[first, first + 1]}.",
        "In production: two sets of customers, one set of features.",
    )
    are_those_of_the_customers(call, draw)


def are_those_of_the_customers(call: Ask, draw: Any) -> None:
    """Check the features of untidy customers."""

    def are_theirs(draw: Any) -> None:
        customers = draw.customers(60, blank=[], tame=["an extra column"])  # all become numbers
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


def test_customers_are_loaded_each_time(call: Ask, api: Any) -> None:
    runs = [call("data_preparation", api.url) for _ in range(2)]
    ends = [end for one in runs for end in ends_of(one.task_runs, "engineer_features")]
    asked = len(api.requests)
    assert ends == ["Completed", "Cached"] and asked == 2, told(
        f"data_preparation was called twice: engineer_features ended as {ends or 'no task runs'},"
        f" the API was asked {asked} times.",
        "Its customers were the same. Expected: Completed, then Cached, and 2 requests.",
        "In production: whether the customers are still the same is known only to who asks. Not"
        " asked, the rerun at 3:50 trains on what was true at 3:00.",
    )


# Step 4: parallel


def test_three_models_train_at_once(call: Ask, features: pd.DataFrame, overlap: Any) -> None:
    overlap.hold_until(3)
    run = call("compare_models", features, **SMALL)
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
    overlap.will_fail("gradient boosting", error=ValueError("no convergence"))
    overlap.will_predict(logistic_regression=0.3)  # the same for all: an AUC of 0.5
    run = call("compare_models", features, **SMALL)
    states = ends_of(run.task_runs, "train_model")
    assert run.get("name") == "random forest" and "Failed" in states, told(
        f"{run.said} train_model ended as: {states or 'no task runs'}.",
        "The gradient boosting fails, the logistic regression guesses. Expected: the random forest,"
        " and one task run Failed.",
        "In production: one model that does not converge, and there is none tonight; or the worst"
        " of them goes to work.",
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
            seen.append((model.n_estimators, model.max_depth))
            return real(model, *given, **more)

        monkeypatch.setattr(kind, "fit", fit)
    return seen


def test_parameters_reach_the_models(
    call: Ask, api: Any, store: str, fitted: list[tuple[int, int]]
) -> None:
    run = call("training_pipeline", api.url, store, n_estimators=4, max_depth=2, min_auc=1.0)
    first = run.flow_runs[0].parameters if run.flow_runs else {}
    recorded = {key: first.get(key) for key in ("n_estimators", "max_depth")}
    assert fitted == [(4, 2), (4, 2)] and recorded == {"n_estimators": 4, "max_depth": 2}, told(
        f"{run.said} n_estimators and max_depth of the tree models that were fitted: {fitted}.",
        f"The engine recorded: {recorded}. Expected: 4 and 2 for both models, and recorded.",
        "In production: somebody edits the file to try 200 trees, and it runs like that at night,"
        " for three weeks; nobody can say which model had how many.",
    )


def test_wrong_parameter_costs_nothing(call: Ask, api: Any, store: str) -> None:
    outside = [-0.01, 1.01, 70, math.nan]
    for wrong in (
        {"max_depth": 0},
        {"n_estimators": 0},
        {"n_estimators": -5},
        *({"min_auc": auc} for auc in outside),
    ):
        run = call("training_pipeline", api.url, store, **wrong)
        asked = len(api.requests)
        assert run.error is not None and asked == 0, told(
            f"{run.said} {asked} request{'s' * (asked != 1)} went to the API.",
            "Expected: an exception, and no request.",
            "In production: 30 minutes of features, then 'max_depth must be 1 or more'; or a gate"
            " of 70, meant in percent, that no model will ever pass.",
        )


# Step 6: subflows


def test_inference_prepares_as_training_does(
    call: Ask, solution: Any, flaky_api: Any, store: str
) -> None:
    contracts = ["month-to-month", "one year", "two years"] * 16
    flaky_api.customers = [
        {
            "customer_id": number,
            **dict.fromkeys(NUMBERS, number % 5),
            "contract": contract,
            "churned": int(contract == "month-to-month"),
        }
        for number, contract in enumerate(contracts)
    ]
    flaky_api.will(200)
    training = call("training_pipeline", flaky_api.url, store, **SMALL, min_auc=0.0)
    for one in flaky_api.customers:
        del one["churned"]
    flaky_api.will(200)
    inference = call("inference_pipeline", flaky_api.url, store)
    scores = inference.value if isinstance(inference.value, dict) else {}
    leaving = {key: score > 0.5 for key, score in scores.items()}
    wanted = {key: one == "month-to-month" for key, one in enumerate(contracts)}
    committed = sum(leaving.get(key, True) for key, leaves in wanted.items() if not leaves)
    assert leaving == wanted, told(
        f"{inference.said}",
        "In training, exactly those with a month-to-month contract left. Of the 32 with a longer"
        f" one, {committed} are scored above 0.5. Expected: 0, and above 0.5 all others.",
        "In production: the features are made in two places, one was mended in March, and since"
        " then 2,000 loyal customers a week are offered a discount. No error, no red run.",
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


def test_training_is_tracked_and_registered(call: Ask, api: Any, store: str) -> None:
    for one in api.customers:
        one["churned"] = int(one["contract"] == "month-to-month")  # easy: an AUC of 1
    api.will(200)
    run = call("training_pipeline", api.url, store, **SMALL, min_auc=1.0)
    registry = Registry(store)
    seen = [
        (one.info.status, one.data.params, one.data.metrics.get("val_auc")) for one in registry.runs
    ]
    params = {
        "model": run.get("name"),
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
        "Its val_auc is 1.0, and so is the gate: or more. Expected: version 1, the champion, and"
        " 'version': 1.",
        "In production: inference has no model to load.",
    )
    left = [path.name for path in Path(store).rglob("*.pkl") if "artifacts" not in str(path)]
    assert left == [], told(
        f"{run.said} It also left {left} in the store.",
        "Expected: nothing beside MLflow's database and its artifacts.",
        "In production: the file is overwritten each night, also by a model that the gate refused;"
        " and somebody's script goes on loading it.",
    )

    registry.client.delete_registered_model_alias("churn", "champion")
    scored = call("inference_pipeline", api.url, store)
    assert scored.error is not None, told(
        f"{scored.said}",
        "Version 1 is in the registry, but its alias champion was just taken away. Expected: an"
        " error.",
        "In production: the alias is how a bad model is taken out of service at 9:00. Whoever loads"
        " a file, the newest version or the best run goes on scoring with it.",
    )


def test_gate_keeps_a_poor_model_out(call: Ask, api: Any, store: str) -> None:
    run = call("training_pipeline", api.url, store, **SMALL, min_auc=1.0)
    runs, content = Registry(store).runs, Registry(store).content
    tracked = [one.data.metrics.get("val_auc") for one in runs]
    assert run.error is None and run.value.get("version", 0) is None and content == ([], None), (
        told(
            f"{run.said} The gate was 1.0. Versions in the registry: {content[0]}.",
            "Expected: 'version': None, and nothing registered.",
            "In production: each poor night is a new version, which looks like a good one.",
        )
    )
    assert tracked == [run.get("val_auc")], told(
        f"{run.said} val_auc of the MLflow runs: {tracked}. Expected: [{run.get('val_auc')}].",
        "In production: the gate has been shut for a week, and nobody can see how far we are off.",
    )


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
        " the wrong place is once a day, or each minute.",
    )


def test_deployments_carry_the_parameters(call: Ask, solution: Any, api: Any) -> None:
    for name, deployment in deployed(call, solution, api).items():
        given = deployment.parameters
        known = set(inspect.signature(getattr(solution, name)).parameters)
        right = {"url": api.url, "store": "folder"}
        assert {**given, **right} == given and set(given) <= known, told(
            f"The deployment of {name} gives it the parameters {given}.",
            f"Expected: at least {right}, and none that it does not take ({sorted(known)}).",
            "In production: no one checks them before 4:00; then each run fails at once.",
        )


def deployed(call: Ask, solution: Any, api: Any) -> dict[str, Any]:
    """Return the one deployment of each pipeline."""
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
    call: Ask, api: Any, channel: Any, store: str
) -> None:
    api.will(503)
    run = call("training_pipeline", api.url, store)
    asked, posts = len(api.requests), channel.posts
    assert (asked, len(posts)) == (4, 1), told(
        f"{run.said} The API was asked {asked} times and said 503; messages to the team:"
        f" {[shorten(post.text) for post in posts] or 'none'}.",
        "Expected: 4 requests, as the API is busy for good; and one message.",
        "In production: nobody is told; or everybody, four times a night, about what heals by"
        " itself. On Thursday the channel is muted.",
    )
    outermost = next(one for one in run.flow_runs if one.parent is None)
    wanted = (outermost.flow_name, outermost.name, "503")
    missing = [one for one in wanted if one not in posts[0].text]
    assert not missing and posts[0].answered == 200, told(
        f"{run.said} The text of the message: {posts[0].text!r}, answered {posts[0].answered}.",
        f"It lacks: {missing or 'nothing'}. Expected: the flow, the flow run and the error;"
        " answered 200.",
        "In production: 'Pipeline failed.' Which one, which run, and why?",
    )
    patience = posts[0].timeout_s
    assert patience and patience <= 30, told(
        f"tell_team would have waited for the webhook's answer for {patience} s (None: for ever).",
        "Expected: 30 s at most.",
        "In production: the pipeline failed at 3:01, and is 'Running' until noon: it waits for a"
        " chat.",
    )


def test_dead_webhook_hides_nothing_and_success_is_silent(
    call: Ask, api: Any, channel: Any, store: str
) -> None:
    api.will(404)
    channel.will_be(500)
    run = call("inference_pipeline", api.url, store)
    outermost = [one.states[-1] for one in run.flow_runs if one.parent is None]
    count = len(channel.posts)
    assert count and "404" in str(run.error) and outermost == ["Failed"], told(
        f"{run.said} Messages to the team: {count}. Flow runs: {run.seen}.",
        "The API says 404, the webhook 500. Expected: a message all the same, the 404 as the"
        " error, and the run Failed.",
        "In production: the chat is down as well, and its error is all that anybody sees; or"
        " inference, 24 runs a day, tells nobody.",
    )
    logged = [text for one in run.flow_runs for _, text in one.logs if channel.token in text]
    assert not logged, told(
        f"The webhook said 500. In the log: {shorten(logged[0]) if logged else ''}",
        "Expected: the address of the webhook in no log.",
        "In production: who can read the log can write in your channel. `raise_for_status` quotes"
        " the whole address (kata 11).",
    )
    api.will(200)
    channel.will_be("well")
    good = call("training_pipeline", api.url, store, **SMALL, min_auc=1.0)
    more = len(channel.posts) - count
    assert good.error is None and more == 0, told(
        f"{good.said} Messages to the team: {more}.",
        "All went well. Expected: no message.",
        "In production: 25 messages a day that all is well, and the 26th is not read.",
    )

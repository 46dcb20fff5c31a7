"""Examine 12_churn_pipeline: drawn customers; what API, webhook, engine and store have of them.

A step is examined with what a solution has that stops after it: nothing of the later steps.
"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

from dojo.exam.engine_account import FlowRun
from dojo.exam.outside_api import answer
from dojo.exam.shared.paris import clock_change, span
from dojo.exam.shared.stores import registry_of, runs_of
from dojo.exam.stage import Desk, Outcome, examines
from dojo.wire.values import frame
from dojo.world.http.webhook import Mood

_MODEL = "churn"
_COLUMNS = ("tenure_months", "monthly_charges", "support_calls", "committed")
_CONTRACTS = ("month-to-month", "one year", "two years", "1 year", "5 years")
_NAMES = ("logistic regression", "random forest", "gradient boosting")
_HEALS = (429, 500, 502, 503, 504)
_HOPELESS = (401, 403, 404)


def _draw_customers(desk: Desk, count: int = 240, *, churned: bool = True) -> list[dict[str, Any]]:
    """Draw customers: no line parts who leaves, so trees win, and how many and how deep counts."""
    rng = desk.rng
    found = []
    for number in rng.sample(range(1000, 9000), count):
        calls, charges = rng.randrange(9), round(rng.uniform(20, 120), 2)
        contract = rng.choice((_CONTRACTS[0], *_CONTRACTS))
        left = int((calls - 4) ** 2 + 8 * (contract == _CONTRACTS[0]) + rng.gauss(0, 4) > 12)
        one = {
            "customer_id": number,
            "tenure_months": rng.randrange(72),
            "monthly_charges": charges,
            "support_calls": calls,
            "contract": contract,
        }
        found.append({**one, "churned": left} if churned else one)
    return found


def _draw_features(desk: Desk) -> dict[str, list[Any]]:
    """Make the columns of what `data_preparation` returns."""
    rows = _draw_customers(desk)
    names = ("tenure_months", "monthly_charges", "support_calls", "churned")
    columns = {name: [float(row[name]) for row in rows] for name in names}
    return {**columns, "committed": [float(row["contract"] != _CONTRACTS[0]) for row in rows]}


def _draw_settings(desk: Desk) -> dict[str, int]:
    """Draw settings of the trees."""
    return {"n_estimators": desk.rng.randint(2, 9), "max_depth": desk.rng.randint(1, 4)}


def _another_url(desk: Desk) -> str:
    """Return an address that was not asked before: what must not be cached is task 3."""
    return f"{desk.api.url}/{desk.rng.randrange(10**9)}"


def _best_of(outcome: Outcome) -> Any:
    """Return name and AUC of the best."""
    told = outcome.told
    if not isinstance(told, dict) or outcome.raised:
        return told
    return {name: told.get(name) for name in ("name", "val_auc")}


def _scores_of(outcome: Outcome) -> Any:
    """Return the scores by customer."""
    told = outcome.told
    if not isinstance(told, dict) or outcome.raised:
        return told
    return {str(key): value for key, value in told.items()}


def _number_of(value: Any) -> Any:
    """Return the number that numpy holds; whatever else it is as it is."""
    return value.get("numpy", value) if isinstance(value, dict) else value


def _is_high(score: Any) -> Any:
    """Say whether a score is above a half; whatever else it is as it is."""
    inner = _number_of(score)
    return inner > 0.5 if isinstance(inner, float) else score


def _roots_of(runs: list[FlowRun]) -> list[FlowRun]:
    """Return the flow runs that are nobody's child."""
    return [run for run in runs if run.parent is None]


def _states_of(runs: list[FlowRun]) -> list[str]:
    """Return how those ended that are nobody's child."""
    return [run.states[-1] for run in _roots_of(runs)]


def _cells_of(outcome: Outcome) -> Any:
    """Return a frame's cells by column, as far as the docstring names them."""
    told = outcome.told
    if not isinstance(told, dict) or "frame" not in told:
        return told
    found = dict(zip(told["frame"]["columns"], told["frame"]["values"], strict=True))
    return {"index": told["frame"]["index"], **{name: found.get(name) for name in _COLUMNS}}


@examines(1)
def a_good_day(desk: Desk) -> None:
    """Train on drawn customers; the settings are the constants of old, the gate is shut."""
    desk.api.will(answer(200, _draw_customers(desk)))
    outcome = desk.call(
        "training_pipeline", desk.api.url, desk.run_apart("make_store"), min_auc=1.0
    )
    told = _best_of(outcome)
    # Which one is best is task 4.
    is_one = isinstance(told, dict) and told.get("name") in _NAMES
    desk.note("it returned the best", is_one and isinstance(_number_of(told["val_auc"]), float))
    account = desk.engine()
    names = ("load_customers", "engineer_features", "train_model")
    in_a_flow = [run for run in account.task_runs if run["flow_run_id"]]
    counts = {name: sum(run["function"] == name for run in in_a_flow) for name in names}
    desk.note("task runs in a flow run", counts)
    desk.note("what it prints is logged", any("The best is" in text for _, text in account.logs))
    desk.note("it ended in", _states_of(desk.flow_runs()))


@examines(1)
def a_column_is_missing(desk: Desk) -> None:
    """Fail at the task that failed."""
    column = desk.rng.choice(("contract", "customer_id"))
    customers = _draw_customers(desk)
    for one in customers:
        del one[column]
    desk.api.will(answer(200, customers))
    outcome = desk.call("training_pipeline", desk.api.url, desk.run_apart("make_store"))
    desk.note("it raised the task's own error", "KeyError" in outcome.kinds)
    desk.note("which names the column", column in outcome.text)
    runs = desk.engine().of("engineer_features")
    desk.note("the task ended in", [run["states"][-1] for run in runs])
    desk.note("the run ended in", _states_of(desk.flow_runs()))


@examines(2)
def what_heals_is_tried_again(desk: Desk) -> None:
    """Load after three failures, then fail once more than that."""
    failures = [answer(desk.rng.choice(_HEALS)) for _ in range(3)]
    desk.api.will(*failures, answer(200, _draw_customers(desk, desk.rng.randint(2, 9))))
    desk.note_outcome("returned", desk.call("load_customers", desk.api.url))
    desk.api.will(answer(desk.rng.choice(_HEALS)))
    desk.note_failure("in the end", desk.call("load_customers", _another_url(desk)))
    desk.note("requests made", len(desk.api.requests))
    desk.note("seconds between requests", desk.api.gaps_s)
    delays = [delay for run in desk.engine().task_runs for delay in run["delays_s"]]
    desk.note("seconds the engine scheduled", [round(one, 1) for one in delays])


@examines(2)
def what_does_not_heal_fails_at_once(desk: Desk) -> None:
    """Ask once, whatever is in the body."""
    for time in ("first", "second"):
        desk.api.will(answer(desk.rng.choice(_HOPELESS), _draw_customers(desk, 2)))
        desk.note_failure(f"the {time} call", desk.call("load_customers", desk.api.url))
        desk.note(f"requests made after the {time}", len(desk.api.requests))


@examines(3)
def features_are_paid_once_an_hour(desk: Desk) -> None:
    """Prepare twice, with other customers, and after an hour; the customers are always asked."""
    customers = _draw_customers(desk, desk.rng.randint(5, 20))
    desk.api.will(answer(200, customers))
    for time in ("first", "second"):
        outcome = desk.call("data_preparation", desk.api.url)
        desk.note(f"the {time} features", _cells_of(outcome))
        desk.advance(desk.rng.randint(5, 25) * 60)
    desk.note("requests made", len(desk.api.requests))
    other = [dict(one) for one in customers]
    other[desk.rng.randrange(len(other))]["support_calls"] += 1
    desk.note("of other customers", _cells_of(desk.call("engineer_features", other)))
    desk.advance(3601)
    desk.note("after an hour", _cells_of(desk.call("engineer_features", customers)))
    runs = desk.engine().of("engineer_features")
    desk.note("the task runs ended in", [run["states"][-1] for run in runs])


@examines(4)
def all_train_at_once(desk: Desk) -> None:
    """Hold each training until three have come; then compare where a line parts who leaves."""
    desk.watch(hold_until=3)
    columns = _draw_features(desk)
    desk.note("the best", _best_of(desk.call("compare_models", frame(columns))))
    desk.note("trainings at the same time", desk.peak())
    sums = zip(columns["tenure_months"], columns["monthly_charges"], strict=True)
    columns["churned"] = [float(a - b + desk.rng.gauss(0, 15) > -34) for a, b in sums]
    desk.note("the best in other times", _best_of(desk.call("compare_models", frame(columns))))
    desk.note("it ended in", _states_of(desk.flow_runs()))


@examines(4)
def some_fail(desk: Desk) -> None:
    """Leave a cell empty: only the forest can do without. Then leave a column out: none can."""
    columns = _draw_features(desk)
    columns[desk.rng.choice(_COLUMNS)][desk.rng.randrange(240)] = float("nan")
    desk.note("the best of those left", _best_of(desk.call("compare_models", frame(columns))))
    runs = desk.engine().of("train_model")
    desk.note("the trainings ended in", sorted(run["states"][-1] for run in runs))
    del columns[desk.rng.choice(_COLUMNS)]
    desk.note_failure("when all fail", desk.call("compare_models", frame(columns)))
    desk.note("the runs ended in", _states_of(desk.flow_runs()))


@examines(5)
def settings_reach_the_models(desk: Desk) -> None:
    """Train with drawn settings."""
    settings = _draw_settings(desk)
    desk.api.will(answer(200, _draw_customers(desk)))
    store = desk.run_apart("make_store")
    desk.run_with("watch_fits")
    outcome = desk.call("training_pipeline", desk.api.url, store, **settings, min_auc=1.0)
    desk.note("it returned", not outcome.raised)
    desk.note_outcome("trees and depths", desk.run_with("fits"))
    recorded = [{key: run.parameters.get(key) for key in settings} for run in desk.flow_runs()][:1]
    desk.note("the engine recorded", recorded)


@examines(5)
def wrong_settings_cost_nothing(desk: Desk) -> None:
    """Refuse what lies outside before the API is asked."""
    draws: list[tuple[str, Any]] = [
        ("n_estimators", -desk.rng.randrange(9)),
        ("max_depth", -desk.rng.randrange(9)),
        ("min_auc", desk.rng.choice((70, 1.01, -0.01, 100.0))),
        ("max_depth", desk.rng.choice(("deep", "many"))),
    ]
    desk.api.will(answer(200, _draw_customers(desk)))
    store = desk.run_apart("make_store")
    for name, value in draws:
        outcome = desk.call("training_pipeline", desk.api.url, store, **{name: value})
        desk.note_failure(f"{name}={value!r}", outcome)
    desk.note("requests made", len(desk.api.requests))


@examines(6)
def both_prepare_alike(desk: Desk) -> None:
    """Train where only the contract counts, so that any model knows it; then score others."""
    store = desk.run_apart("make_store")
    customers = _draw_customers(desk)
    for one in customers:
        one["churned"] = int(one["contract"] == _CONTRACTS[0])
    desk.api.will(answer(200, customers))
    desk.call("training_pipeline", desk.api.url, store, min_auc=0.0)
    desk.api.will(answer(200, _draw_customers(desk, 30, churned=False)))
    scores = _scores_of(desk.call("inference_pipeline", _another_url(desk), store))
    desk.note("who will leave", {key: _is_high(one) for key, one in scores.items()})
    runs = desk.flow_runs()
    children = [{run.flow for run in runs if run.parent == root.id} for root in _roots_of(runs)]
    desk.note("the runs ended in", _states_of(runs))
    desk.note("they share a child", len(children) == 2 and bool(children[0] & children[1]))


@examines(6)
def a_failing_preparation(desk: Desk) -> None:
    """Fail the inference with its child."""
    desk.api.will(answer(desk.rng.choice(_HOPELESS)))
    outcome = desk.call("inference_pipeline", desk.api.url, desk.run_apart("make_store"))
    desk.note_failure("in the end", outcome)
    desk.note("all flow runs ended in", [run.states[-1] for run in desk.flow_runs()])


def _database(desk: Desk, folder: str = "") -> str:
    return str(Path("work") / desk.folder.name / folder / "mlflow.db")


def _version(outcome: Outcome) -> Any:
    return outcome.returned.get("version", "none") if isinstance(outcome.returned, dict) else "none"


@examines(7)
def only_good_models_get_in(desk: Desk) -> None:
    """Train behind an open gate and a shut one: both are tracked, one is registered."""
    store, wanted = desk.run_apart("make_store"), []
    gates = [0.1, 1.0]
    desk.rng.shuffle(gates)
    for gate in gates:
        settings = _draw_settings(desk)
        desk.api.will(answer(200, _draw_customers(desk)))
        outcome = desk.call(
            "training_pipeline", _another_url(desk), store, **settings, min_auc=gate
        )
        desk.note(f"the version behind {gate}", _version(outcome))
        told = outcome.returned if isinstance(outcome.returned, dict) else {}
        wanted.append(
            {
                "model": told.get("name"),
                **{name: str(value) for name, value in settings.items()},
                "orchestrator": "prefect",
                "val_auc": _number_of(told.get("val_auc")),
                "status": "FINISHED",
            }
        )
    with desk.database(_database(desk)) as database:
        runs, registry = list(runs_of(database).values()), registry_of(database, _MODEL)
    seen = [
        {**run["params"], "val_auc": run["metrics"].get("val_auc"), "status": run["status"]}
        for run in runs
        if run["experiment"] == _MODEL
    ]
    found = [any({**one, **want} == one for one in seen) for want in wanted]
    desk.note("each training is a run, with its parameters", found)
    desk.note("runs", len(seen))
    desk.note("versions", list(registry["versions"]))
    desk.note("champion", registry["aliases"].get("champion"))
    desk.note("left beside the store", desk.run_apart("leftovers"))


@examines(7)
def the_champion_scores(desk: Desk) -> None:
    """Score with a champion that is not the newest; then there is none."""
    champion = desk.rng.randint(1, 2)
    desk.run_apart("fill", [desk.rng.randrange(10**6) for _ in range(3)], champion)
    customers = _draw_customers(desk, 20, churned=False)
    # What a contract is made into is task 6.
    plain = [{**one, "contract": _CONTRACTS[0]} for one in customers]
    desk.api.will(answer(200, plain))
    store = desk.folder / "with"
    scores = desk.call("inference_pipeline", desk.api.url, str(store))
    desk.note("the scores", _scores_of(scores), within=1e-6)
    without = desk.call("inference_pipeline", desk.api.url, str(desk.folder / "without"))
    desk.note_failure("without a champion", without)
    with desk.database(_database(desk, "with")) as database:
        desk.note("the registry", registry_of(database, _MODEL)["aliases"])


def _flow_names(desk: Desk) -> list[str]:
    """Learn what the engine calls both pipelines, from runs that find no customers."""
    desk.api.will(answer(404))
    for name in ("training_pipeline", "inference_pipeline"):
        desk.call(name, desk.api.url, "/nowhere")
    return [run.flow for run in _roots_of(desk.flow_runs())]


@examines(8)
def both_run_by_the_clocks_of_paris(desk: Desk) -> None:
    """Ask for the starts around drawn clock changes, and on a drawn ordinary day."""
    store = f"store-{desk.rng.randrange(10**6)}"
    told = desk.run_with("describe", desk.api.url, store)
    every = [one for one in told.returned or [] if isinstance(one, dict)]
    desk.note("deployments", len(every) if every else told.told)
    found = {one["flow"]: one for one in every}
    year = desk.rng.randint(2027, 2035)
    changes = [clock_change(desk.rng.randint(2027, 2035), month) for month in (3, 10)]
    day = datetime.date(year, desk.rng.choice((1, 6, 12)), desk.rng.randint(1, 28))
    nights = [span(one - datetime.timedelta(days=1), 3) for one in changes]
    spans = {"training": [*nights, span(day, 2)], "inference": [span(day, 1)]}
    for (pipeline, asked), name in zip(spans.items(), _flow_names(desk), strict=True):
        one = found.get(name, {"schedules": [], "parameters": {}})
        desk.note(f"starts of the {pipeline}", desk.run_apart("starts_of", one["schedules"], asked))
        given = {key: one["parameters"].get(key) for key in ("url", "store")}
        right = given == {"url": desk.api.url, "store": store}
        desk.note(f"the {pipeline} gets its parameters", right)


@examines(9)
def the_team_is_told_once(desk: Desk) -> None:
    """Fail both pipelines, for good, while the channel is well and while it is down."""
    moods: list[Mood] = ["well", desk.rng.choice((500, 503, 429))]
    nights = [(one, mood) for one in ("training", "inference") for mood in moods]
    desk.rng.shuffle(nights)
    desk.run_with("set_webhook", desk.api.webhook_url)
    statuses, errors = [], []
    for number, (name, mood) in enumerate(nights, start=1):
        statuses.append(desk.rng.choice((*_HEALS, *_HOPELESS)))
        desk.api.will(answer(statuses[-1]))
        desk.api.webhooks.will_be(mood)
        errors.append(desk.call(f"{name}_pipeline", desk.api.url, str(desk.folder)))
        desk.note(f"messages after {number}", len(desk.api.webhooks.posts))
    own = [str(one) in error.text for one, error in zip(statuses, errors, strict=True)]
    desk.note("each failed with its own error", own)
    runs = _roots_of(desk.flow_runs())
    desk.note("the runs ended in", _states_of(runs))
    posts = desk.api.webhooks.posts
    told = [
        all(word in post.text for word in (run.flow, run.name, str(status)))
        for run, post, status in zip(runs, posts, statuses, strict=False)
    ]
    desk.note("each message names flow, run and error", told)
    taken = [post.answered == 200 for post in posts]
    desk.note("it was taken", taken == [mood == "well" for _, mood in nights])


@examines(9)
def success_is_silent(desk: Desk) -> None:
    """Tell nobody of a night that went well, though no model was good enough."""
    store = desk.run_apart("make_store")
    desk.run_with("set_webhook", desk.api.webhook_url)
    desk.api.will(answer(200, _draw_customers(desk)))
    outcome = desk.call("training_pipeline", desk.api.url, store, min_auc=1.0)
    desk.note("it returned", not outcome.raised)
    desk.note("messages", len(desk.api.webhooks.posts))

"""Examine 12_churn_pipeline: drawn customers; what API, webhook, engine and store have of them.

A step is examined with what a solution has that stops after it: nothing of the later steps.
"""

from __future__ import annotations

import datetime
import math
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from dojo.exam.engine_account import FlowRun
from dojo.exam.outside_api import Answer, answer
from dojo.exam.shared.paris import clock_change, span
from dojo.exam.shared.stores import registry_of, runs_of
from dojo.exam.stage import Desk, Outcome, examines
from dojo.wire.values import frame
from dojo.world.draw import Draw
from dojo.world.http.webhook import Mood

_MODEL = "churn"
_COLUMNS = ("tenure_months", "monthly_charges", "support_calls", "committed")
_CONTRACTS = ("month-to-month", "one year", "two years", "1 year", "5 years", "Month-to-month")
_NAMES = ("logistic regression", "random forest", "gradient boosting")
_HEALS = (429, 500, 502, 503, 504, 507, 520, 599)
_HOPELESS = (400, 401, 403, 404, 405, 408, 409, 410, 422, 428, 430, 451, 499)


def _draw_customers(desk: Desk, count: int = 240, *, churned: bool = True) -> list[dict[str, Any]]:
    """Draw customers: no line parts who leaves, so trees win, and how many and how deep counts."""
    rng = desk.rng
    found = []
    # Ids that a float does not hold, and of neighbours; columns in no order.
    columns = ["customer_id", "tenure_months", "monthly_charges", "support_calls", "contract"]
    rng.shuffle(columns)
    for number in rng.sample(range(2**53, 2**53 + 9000), count):
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
        one = {name: one[name] for name in columns}
        found.append({**one, "churned": left} if churned else one)
    return found


def _replies(desk: Desk, statuses: tuple[int, ...]) -> list[Answer]:
    """Draw answers of some statuses: with a list in the body, customers, nothing, half of it."""
    drawn = Draw(desk.rng.randrange(10**6)).errors(statuses)
    kinds = ("content-type", "content-length")
    found = []
    for one in drawn:
        headers = [(name, text) for name, text in one.headers.items() if name.lower() not in kinds]
        found.append(Answer(one.status, one.body, tuple(headers)))
    desk.rng.shuffle(found)
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


@examines(1, rests_on=("record", "word"))
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


@examines(1, rests_on=("record", "word"))
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


@examines(1, rests_on=("answer", "word"))
def models_are_measured(desk: Desk) -> None:
    """Train each model where one customer is listed twice and a column knows the answer."""
    customers = _draw_customers(desk, desk.rng.randint(80, 120))
    outcome = desk.run_with("train", customers, _draw_settings(desk))
    desk.note_outcome("names, AUC and what they say", outcome)
    runs = desk.engine().of("train_model")
    desk.note("task runs", [run["states"][-1] for run in runs])


@examines(2, rests_on=("outside", "answer", "word"))
def what_heals_is_tried_again(desk: Desk) -> None:
    """Load after three failures, whatever is in their body, then fail once more than that."""
    url = Draw(desk.rng.randrange(10**6)).url(desk.api.url)
    drawn = _replies(desk, _HEALS)
    for number, failures in enumerate((drawn[:3], drawn[3:6])):
        desk.api.will(*failures, answer(200, _draw_customers(desk, desk.rng.randint(2, 9))))
        desk.note_outcome(f"returned {number}", desk.call("load_customers", url))
    first, last = desk.rng.sample(_HEALS, 2)
    desk.api.will(*[answer(first)] * 3, answer(last))
    outcome = desk.call("load_customers", _another_url(desk))
    desk.note_failure("in the end", outcome, str(last))
    desk.note("requests made", len(desk.api.requests))
    desk.note("seconds between requests", desk.api.gaps_s)
    delays = [delay for run in desk.engine().task_runs for delay in run["delays_s"]]
    desk.note("seconds the engine scheduled", [round(one, 1) for one in delays])


@examines(2, rests_on=("outside", "answer", "word"))
def an_api_that_cannot_be_reached(desk: Desk) -> None:
    """Load when three connections were refused, not made, or silent; then when all of them are."""
    troubles = ["refused", "unreached", "slow"]
    desk.rng.shuffle(troubles)
    desk.api.will(answer(200, _draw_customers(desk, 3)))
    load = (desk.api.url, desk.api.port)
    desk.note_outcome("after three", desk.run_with("load", *load, troubles))
    desk.note_outcome("after one within the body", desk.run_with("load", *load, ["stalls"]))
    left = [one for one in troubles if one != "slow"]
    desk.note_outcome("after four", desk.run_with("load", *load, [*left, *left]))
    desk.note("requests made", len(desk.api.requests))
    delays = [delay for run in desk.engine().task_runs for delay in run["delays_s"]]
    desk.note("seconds the engine scheduled", [round(one, 1) for one in delays])


@examines(2, rests_on=("outside",))
def what_does_not_heal_fails_at_once(desk: Desk) -> None:
    """Ask once, whatever is in the body; also where it is no JSON."""
    url = Draw(desk.rng.randrange(10**6)).url(desk.api.url)
    customers = answer(200, _draw_customers(desk, 3)).body
    bodies = [Answer(200, customers[: desk.rng.randint(9, len(customers) - 2)]), Answer(200, "<p>")]
    for number, one in enumerate([*_replies(desk, _HOPELESS), *bodies]):
        desk.api.will(one)
        desk.note_failure(f"in the end {number}", desk.call("load_customers", url))
        desk.note(f"requests made {number}", len(desk.api.requests))


def _others_than(desk: Desk, customers: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Return other customers, each of them other in one thing only."""
    place = desk.rng.randrange(len(customers))
    one = customers[place]
    last = next(other for other in reversed(customers) if other is not one)
    contract = _CONTRACTS[one["contract"] == _CONTRACTS[0]]
    changes = [
        {"customer_id": one["customer_id"] + 10_000},
        {"contract": contract},
        {"support_calls": one["support_calls"] + 1},
        {"support_calls": None if one["support_calls"] == 0 else 0},
        {"monthly_charges": one["monthly_charges"] + 1e-6},
        {"churned": 1 - one["churned"]},
    ]
    found = []
    for change in changes:
        found.append([{**other, **change} if other is one else other for other in customers])
    names = {"tenure_months": "support_calls", "support_calls": "tenure_months"}
    found.append([{names.get(key, key): other[key] for key in other} for other in customers])
    found.append([other for other in customers if other is not one])
    ids = {id(one): last["customer_id"], id(last): one["customer_id"]}
    found.append(
        [{**other, "customer_id": ids.get(id(other), other["customer_id"])} for other in customers]
    )
    return found


@examines(3, rests_on=("answer", "word"))
def features_are_paid_once_an_hour(desk: Desk) -> None:
    """Make features again and again: of the same, of others, past midnight, and after an hour."""
    customers = _draw_customers(desk, desk.rng.randint(9, 20))
    desk.advance(desk.run_with("seconds_to", 23, desk.rng.randint(10, 50)).returned)
    desk.note("first", _cells_of(desk.call("engineer_features", customers)))
    salt = desk.rng.randrange(1, 10**6)
    desk.note("elsewhere", _cells_of(desk.run_with("engineer", customers, salt)))
    for number, other in enumerate(_others_than(desk, customers)):
        desk.note(f"of others {number}", _cells_of(desk.call("engineer_features", other)))
    desk.advance(59 * 60)
    desk.note("an hour later, nearly", _cells_of(desk.call("engineer_features", customers)))
    desk.advance(desk.rng.randint(61, 120))
    desk.note("an hour later", _cells_of(desk.call("engineer_features", customers)))
    runs = desk.engine().of("engineer_features")
    desk.note("the task runs ended in", [run["states"][-1] for run in runs])


@examines(3, rests_on=("outside", "answer", "word"))
def customers_are_asked_each_time(desk: Desk) -> None:
    """Prepare the same customers of two addresses, and then what the API has meanwhile."""
    customers = _draw_customers(desk, desk.rng.randint(5, 20))
    urls = [desk.api.url, _another_url(desk), desk.api.url]
    for number, url in enumerate(urls):
        others = customers if number < 2 else _draw_customers(desk, 7)
        desk.api.will(answer(200, others))
        desk.note(f"features {number}", _cells_of(desk.call("data_preparation", url)))
    desk.note("requests made", len(desk.api.requests))
    runs = desk.engine().of("engineer_features")
    desk.note("the task runs ended in", [run["states"][-1] for run in runs])


@examines(4, rests_on=("answer", "record", "word"))
def all_train_at_once(desk: Desk) -> None:
    """Hold each training until three have come; then compare where a line parts who leaves."""
    desk.watch(hold_until=3)
    columns = _draw_features(desk)
    desk.note_outcome("the best, and limits", desk.run_with("compare", frame(columns)))
    desk.note("trainings at the same time", desk.peak())
    sums = zip(columns["tenure_months"], columns["monthly_charges"], strict=True)
    columns["churned"] = [float(a - b + desk.rng.gauss(0, 15) > -34) for a, b in sums]
    desk.note("the best in other times", _best_of(desk.call("compare_models", frame(columns))))
    desk.note("it ended in", _states_of(desk.flow_runs()))


@examines(4, rests_on=("answer", "record", "word"))
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


@examines(5, rests_on=("record", "word"))
def settings_reach_the_models(desk: Desk) -> None:
    """Train with drawn settings, with the least, with many trees, and with none."""
    settings = [_draw_settings(desk), {"n_estimators": 1, "max_depth": 1}]
    settings += [{"n_estimators": desk.rng.randint(1500, 9000)}, {"max_depth": 40}]
    desk.api.will(answer(200, _draw_customers(desk, 60)))
    store = desk.run_apart("make_store")
    desk.run_with("watch_fits")
    for one in settings:
        gate = {} if one is settings[-1] else {"min_auc": 1.0}
        outcome = desk.call("training_pipeline", desk.api.url, store, **one, **gate)
        desk.note(f"it returned, with {one}", not outcome.raised)
        desk.note_outcome(f"trees and depths, with {one}", desk.run_with("fits"))
    desk.call("compare_models", frame(_draw_features(desk)))
    desk.note_outcome("trees and depths, without", desk.run_with("fits"))
    roots = _roots_of(desk.flow_runs())
    recorded = [
        {key: run.parameters.get(key) for key in (*one, "min_auc")}
        for run, one in zip(roots, settings, strict=False)
    ]
    desk.note("the engine recorded", recorded)


@examines(5, rests_on=("outside", "record", "word"))
def wrong_settings_cost_nothing(desk: Desk) -> None:
    """Refuse what lies outside before the API is asked, also by `python -O`."""
    rng = desk.rng
    whole: list[dict[str, Any]] = [
        {"n_estimators": -rng.randrange(9)},
        {"max_depth": -rng.randrange(9)},
    ]
    outside = [70, math.nextafter(1, 2), -1e-9, math.inf, -math.inf, math.nan]
    gates: list[dict[str, Any]] = [{"min_auc": one} for one in outside]
    kinds: list[dict[str, Any]] = [
        {rng.choice(("n_estimators", "max_depth")): rng.choice((1.5, 2.5, "deep"))},
        {"min_auc": "good"},
    ]
    desk.api.will(answer(200, _draw_customers(desk)))
    store = desk.run_apart("make_store")
    for one in [*whole, *gates, *kinds]:
        outcome = desk.call("training_pipeline", desk.api.url, store, **one)
        desk.note_failure(f"{one}", outcome)
        desk.note(f"requests made by {one}", len(desk.api.requests))
    refused = desk.run_with("optimized", desk.api.url, store, [*whole, *gates])
    desk.note_outcome("refused without asserts", refused)
    desk.note("requests made in the end", len(desk.api.requests))
    with desk.database(_database(desk)) as database:
        desk.note("runs", len(runs_of(database)))


@examines(6, rests_on=("answer", "record"))
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


@examines(6, rests_on=("record",))
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


@examines(7, rests_on=("answer", "record", "word"))
def only_good_models_get_in(desk: Desk) -> None:
    """Train at both sides of the gate, in two stores in turn: all are tracked, some registered."""
    ours, theirs, full = desk.run_apart("stores", "ours", "theirs", "full")
    settings = _draw_settings(desk)
    wanted: list[Any] = []
    desk.api.will(answer(200, _draw_customers(desk)))

    def train(store: str, gate: float) -> None:
        outcome = desk.call("training_pipeline", desk.api.url, store, **settings, min_auc=gate)
        told = outcome.returned if isinstance(outcome.returned, dict) else {}
        auc = _number_of(told.get("val_auc"))
        desk.note(f"the version of training {len(wanted)}", _version(outcome))
        given = {name: str(value) for name, value in settings.items()}
        own = {"model": told.get("name"), "val_auc": auc, "orchestrator": "prefect"}
        wanted.append({**own, **given, "status": "FINISHED"})

    told = _number_of(desk.run_with("best_auc", desk.api.url, settings).returned)
    auc = told if isinstance(told, float) and 0 <= told < 1 else 0.5
    train(ours, 1.0)
    train(theirs, auc)
    train(ours, auc)
    train(theirs, math.nextafter(auc, 2))
    known = _draw_customers(desk, 80)
    stayed = [{**one, "churned": one["churned"] * (n % 4 > 0)} for n, one in enumerate(known)]
    desk.api.will(answer(200, stayed))
    nobody = desk.call("training_pipeline", desk.api.url, theirs, **settings, min_auc=0.0)
    desk.note("the version whose AUC is no number", _version(nobody))
    desk.api.will(answer(200, known))
    outcome = desk.call("training_pipeline", desk.api.url, full, **settings, min_auc=0.0)
    desk.note_failure("no artifact can be kept", outcome)
    desk.note("models that Prefect keeps", desk.run_with("models_of_prefect").told)
    for name, trainings in (("ours", [0, 2]), ("theirs", [1, 3]), ("full", [])):
        with desk.database(_database(desk, name)) as database:
            runs, registry = list(runs_of(database).values()), registry_of(database, _MODEL)
        seen = [
            {**run["params"], "val_auc": run["metrics"].get("val_auc"), "status": run["status"]}
            for run in runs
            if run["experiment"] == _MODEL
        ]
        tracked = [any({**one, **wanted[number]} == one for one in seen) for number in trainings]
        desk.note(f"each training is a run, with its parameters, in {name}", tracked)
        if trainings:  # of one that fails there is a run, or none
            desk.note(f"runs in {name}", len(seen))
        desk.note(f"versions in {name}", list(registry["versions"]))
        desk.note(f"champion in {name}", registry["aliases"].get("champion"))
    desk.note("left beside the stores", desk.run_apart("leftovers"))


@examines(7, rests_on=("record", "word"))
def others_use_the_store(desk: Desk) -> None:
    """Train in a caller's run, and while somebody else registers."""
    (ours, _) = desk.run_apart("stores", "ours", "full")
    desk.api.will(answer(200, _draw_customers(desk, 80)))
    desk.note_outcome("the caller's run", desk.run_with("beside", desk.api.url, ours))
    told = desk.run_with("while_others_register", desk.api.url, ours)
    desk.note_outcome("the version", told)
    with desk.database(_database(desk, "ours")) as database:
        registry = registry_of(database, _MODEL)
    desk.note("versions", list(registry["versions"]))
    desk.note("champion", registry["aliases"].get("champion"))


@examines(7, rests_on=("answer", "record"))
def the_champion_scores(desk: Desk) -> None:
    """Score with a champion that is not the newest, with another one, and when there is none."""
    champion = desk.rng.randint(1, 2)
    desk.run_apart("fill", [desk.rng.randrange(10**6) for _ in range(3)], champion)
    customers = _draw_customers(desk, 20, churned=False)
    # Of one customer a number is not known.
    customers[desk.rng.randrange(20)]["support_calls"] = None
    # What a contract is made into is task 6.
    plain = [{**one, "contract": _CONTRACTS[0]} for one in customers]
    desk.api.will(answer(200, plain))
    there, empty = (str(desk.folder / name) for name in ("with", "without"))
    for number, version in enumerate((champion, 3 - champion, 3)):
        if number:
            desk.run_with("point", version)
        scores = desk.call("inference_pipeline", desk.api.url, there)
        desk.note(f"the scores by {number}", _scores_of(scores), within=1e-6)
        without = desk.call("inference_pipeline", desk.api.url, empty)
        desk.note_failure(f"without a champion {number}", without)
    desk.run_with("point", 0)
    gone = desk.call("inference_pipeline", desk.api.url, there)
    desk.note_failure("when the alias is gone", gone)
    for name in ("with", "without"):
        with desk.database(_database(desk, name)) as database:
            registry = registry_of(database, _MODEL)
            told = [list(registry["versions"]), registry["aliases"], registry["tags"]]
            desk.note(f"the registry {name}", told)
            desk.note(f"runs {name}", len(runs_of(database)))


def _flow_names(desk: Desk) -> list[str]:
    """Learn what the engine calls both pipelines, from runs that find no customers."""
    desk.api.will(answer(404))
    for name in ("training_pipeline", "inference_pipeline"):
        desk.call(name, desk.api.url, "/nowhere")
    return [run.flow for run in _roots_of(desk.flow_runs())]


@examines(8, rests_on=("answer", "record", "word"))
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
    # Both hours that the clocks show twice; a month's first and last days; each day of the week.
    days = [*nights, span(day, 2), span(day.replace(day=28), 7)]
    spans = {"training": days, "inference": [span(day, 1), span(changes[1], 1)]}
    for (pipeline, asked), name in zip(spans.items(), _flow_names(desk), strict=True):
        one = found.get(name, {"schedules": [], "parameters": {}})
        desk.note(f"the {pipeline} takes what it is given", one.get("fits"))
        desk.note(f"the {pipeline} is cancelled", one.get("one too many") == "CANCEL_NEW")
        desk.note(f"starts of the {pipeline}", desk.run_apart("starts_of", one["schedules"], asked))
        given = {key: one["parameters"].get(key) for key in ("url", "store")}
        right = given == {"url": desk.api.url, "store": store}
        desk.note(f"the {pipeline} gets its parameters", right)


_ODD = 'a "dozen" of \\months in Łódź 🔥' + " and elsewhere" * 300


@examines(9, rests_on=("outside", "record", "word"))
def the_team_is_told_once(desk: Desk) -> None:
    """Fail both pipelines, for good, while the channel is well and while it is down."""
    moods: list[Mood] = ["well", desk.rng.choice((500, 503, 429)), "broken"]
    names = ("training_pipeline", "inference_pipeline")
    nights = [(name, mood) for name in names for mood in moods]
    desk.rng.shuffle(nights)
    errors, asked, token = [], [], desk.api.webhooks.token
    for number, (name, mood) in enumerate(nights, start=1):
        # Some services have their secret right behind the host; and it may change meanwhile.
        # It has signs that are sent otherwise than they are written.
        path = desk.rng.choice((f"/hook/B{number}/{token}", f"/hook?room=|B{number}/{token}"))
        secret = desk.api.webhook_url.rpartition("/hook")[0] + path
        desk.run_with("set_webhook", secret)
        asked.append(path)
        errors.append(str(desk.rng.choice((*_HEALS, *_HOPELESS))))
        desk.api.will(answer(int(errors[-1])))
        if desk.rng.random() < 0.4:
            customers = _draw_customers(desk, 4)
            customers[0]["tenure_months"] = _ODD
            desk.api.will(answer(200, customers))
            errors[-1] = "Łódź"
        desk.api.webhooks.will_be(mood)
        told = desk.run_with("fail", name, desk.api.url, desk.api.port, secret).told
        desk.note(f"{number} failed with its own error", errors[-1] in told.pop("raised"))
        desk.note(f"{number} otherwise", told)
        desk.note(f"messages after {number}", len(desk.api.webhooks.posts))
    # Nobody listens at this port: what is refused quotes the address.
    dead = f"http://127.0.0.1:9/hook?room=|B9/{token}"
    desk.run_with("set_webhook", dead)
    desk.api.will(answer(404))
    told = desk.run_with("fail", desk.rng.choice(names), desk.api.url, desk.api.port, dead).told
    desk.note("a dead one: failed with its own error", "404" in told.pop("raised"))
    desk.note("a dead one: otherwise", told)
    runs, posts = _roots_of(desk.flow_runs()), desk.api.webhooks.posts
    desk.note("the runs ended in", _states_of(runs))
    said = [
        all(word in post.text for word in (run.flow, run.name, error))
        for run, post, error in zip(runs, posts, errors, strict=False)
    ]
    desk.note("each message names flow, run and error", said)
    desk.note("where to", [unquote(post.path) for post in posts] == asked)
    taken = [post.answered == 200 for post in posts]
    desk.note("it was taken", taken == [mood == "well" for _, mood in nights])


@examines(9, rests_on=("outside", "word"))
def success_is_silent(desk: Desk) -> None:
    """Tell nobody of nights that went well, though the API was busy and two models failed."""
    store = desk.run_apart("make_store")
    desk.run_with("set_webhook", desk.api.webhook_url)
    customers = _draw_customers(desk)
    # Only the forest can do with a blank; of a learner who stops earlier, the night fails.
    customers[1]["support_calls"] = None
    desk.api.will(answer(503), answer(200, customers))
    outcome = desk.call("training_pipeline", desk.api.url, store, min_auc=0.0)
    desk.note("the training returned", not outcome.raised)
    desk.api.will(answer(503), answer(200, _draw_customers(desk, 9, churned=False)))
    outcome = desk.call("inference_pipeline", _another_url(desk), store)
    desk.note("the inference returned", not outcome.raised)
    desk.note("messages", len(desk.api.webhooks.posts))
    desk.run_with("set_webhook", "")
    desk.api.will(answer(404))
    outcome = desk.call("training_pipeline", desk.api.url, store)
    desk.note_failure("without an address", outcome, "404")
    desk.note("messages without an address", len(desk.api.webhooks.posts))

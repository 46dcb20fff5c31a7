"""Examine 12_churn_pipeline: drawn customers; what API, webhook, engine and store have of them.

A step is examined with what a solution has that stops after it: nothing of the later steps.
"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

from dojo.exam.exams._churn import (
    COLUMNS,
    CONTRACTS,
    HEALS,
    HOPELESS,
    MODEL,
    NAMES,
    another_url,
    best_of,
    cells_of,
    describe,
    draw_customers,
    draw_features,
    draw_settings,
    fill,
    fits,
    is_high,
    leftovers,
    number_of,
    roots_of,
    scores_of,
    set_webhook,
    states_of,
    watch_fits,
)
from dojo.exam.exams._deployments import clock_change, span, starts_of
from dojo.exam.exams._stores import make_store, registry_of, runs_of
from dojo.exam.outside_api import answer
from dojo.exam.stage import Desk, Outcome, examines
from dojo.wire.values import frame
from dojo.world.webhook import Mood

# Run in processes of their own, or in the submission's.
__all__ = [
    "describe",
    "fill",
    "fits",
    "leftovers",
    "make_store",
    "set_webhook",
    "starts_of",
    "watch_fits",
]


@examines(1)
def a_good_day(desk: Desk) -> None:
    """Train on drawn customers; the settings are the constants of old, the gate is shut."""
    desk.api.will(answer(200, draw_customers(desk)))
    outcome = desk.call("training_pipeline", desk.api.url, desk.help("make_store"), min_auc=1.0)
    told = best_of(outcome)
    # Which one is best is task 4.
    is_one = isinstance(told, dict) and told.get("name") in NAMES
    desk.note("it returned the best", is_one and isinstance(number_of(told["val_auc"]), float))
    account = desk.engine()
    names = ("load_customers", "engineer_features", "train_model")
    in_a_flow = [run for run in account.task_runs if run["flow_run_id"]]
    counts = {name: sum(run["function"] == name for run in in_a_flow) for name in names}
    desk.note("task runs in a flow run", counts)
    desk.note("what it prints is logged", any("The best is" in text for _, text in account.logs))
    desk.note("it ended in", states_of(desk.flow_runs()))


@examines(1)
def a_column_is_missing(desk: Desk) -> None:
    """Fail at the task that failed."""
    column = desk.rng.choice(("contract", "customer_id"))
    customers = draw_customers(desk)
    for one in customers:
        del one[column]
    desk.api.will(answer(200, customers))
    outcome = desk.call("training_pipeline", desk.api.url, desk.help("make_store"))
    desk.note("it raised the task's own error", "KeyError" in outcome.kinds)
    desk.note("which names the column", column in outcome.text)
    runs = desk.engine().of("engineer_features")
    desk.note("the task ended in", [run["states"][-1] for run in runs])
    desk.note("the run ended in", states_of(desk.flow_runs()))


@examines(2)
def what_heals_is_tried_again(desk: Desk) -> None:
    """Load after three failures, then fail once more than that."""
    failures = [answer(desk.rng.choice(HEALS)) for _ in range(3)]
    desk.api.will(*failures, answer(200, draw_customers(desk, desk.rng.randint(2, 9))))
    desk.note_outcome("returned", desk.call("load_customers", desk.api.url))
    desk.api.will(answer(desk.rng.choice(HEALS)))
    desk.note_failure("in the end", desk.call("load_customers", another_url(desk)))
    desk.note("requests made", len(desk.api.requests))
    desk.note("seconds between requests", desk.api.gaps_s)
    delays = [delay for run in desk.engine().task_runs for delay in run["delays_s"]]
    desk.note("seconds the engine scheduled", [round(one, 1) for one in delays])


@examines(2)
def what_does_not_heal_fails_at_once(desk: Desk) -> None:
    """Ask once, whatever is in the body."""
    for _ in range(2):
        desk.api.will(answer(desk.rng.choice(HOPELESS), draw_customers(desk, 2)))
        desk.note_failure("in the end", desk.call("load_customers", desk.api.url))
        desk.note("requests made", len(desk.api.requests))


@examines(3)
def features_are_paid_once_an_hour(desk: Desk) -> None:
    """Prepare twice, with other customers, and after an hour; the customers are always asked."""
    customers = draw_customers(desk, desk.rng.randint(5, 20))
    desk.api.will(answer(200, customers))
    for time in ("first", "second"):
        outcome = desk.call("data_preparation", desk.api.url)
        desk.note(f"the {time} features", cells_of(outcome))
        desk.advance(desk.rng.randint(5, 25) * 60)
    desk.note("requests made", len(desk.api.requests))
    other = [dict(one) for one in customers]
    other[desk.rng.randrange(len(other))]["support_calls"] += 1
    desk.note("of other customers", cells_of(desk.call("engineer_features", other)))
    desk.advance(3601)
    desk.note("after an hour", cells_of(desk.call("engineer_features", customers)))
    runs = desk.engine().of("engineer_features")
    desk.note("the task runs ended in", [run["states"][-1] for run in runs])


@examines(4)
def all_train_at_once(desk: Desk) -> None:
    """Hold each training until three have come; then compare where a line parts who leaves."""
    desk.watch(hold_until=3)
    columns = draw_features(desk)
    desk.note("the best", best_of(desk.call("compare_models", frame(columns))))
    desk.note("trainings at the same time", desk.peak())
    sums = zip(columns["tenure_months"], columns["monthly_charges"], strict=True)
    columns["churned"] = [float(a - b + desk.rng.gauss(0, 15) > -34) for a, b in sums]
    desk.note("the best in other times", best_of(desk.call("compare_models", frame(columns))))
    desk.note("it ended in", states_of(desk.flow_runs()))


@examines(4)
def some_fail(desk: Desk) -> None:
    """Leave a cell empty: only the forest can do without. Then leave a column out: none can."""
    columns = draw_features(desk)
    columns[desk.rng.choice(COLUMNS)][desk.rng.randrange(240)] = float("nan")
    desk.note("the best of those left", best_of(desk.call("compare_models", frame(columns))))
    runs = desk.engine().of("train_model")
    desk.note("the trainings ended in", sorted(run["states"][-1] for run in runs))
    del columns[desk.rng.choice(COLUMNS)]
    desk.note_failure("when all fail", desk.call("compare_models", frame(columns)))
    desk.note("the runs ended in", states_of(desk.flow_runs()))


@examines(5)
def settings_reach_the_models(desk: Desk) -> None:
    """Train with drawn settings."""
    settings = draw_settings(desk)
    desk.api.will(answer(200, draw_customers(desk)))
    store = desk.help("make_store")
    desk.drive("watch_fits")
    outcome = desk.call("training_pipeline", desk.api.url, store, **settings, min_auc=1.0)
    desk.note("it returned", not outcome.raised)
    desk.note_outcome("trees and depths", desk.drive("fits"))
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
    desk.api.will(answer(200, draw_customers(desk)))
    store = desk.help("make_store")
    for name, value in draws:
        outcome = desk.call("training_pipeline", desk.api.url, store, **{name: value})
        desk.note_failure(f"{name}={value!r}", outcome)
    desk.note("requests made", len(desk.api.requests))


@examines(6)
def both_prepare_alike(desk: Desk) -> None:
    """Train where only the contract counts, so that any model knows it; then score others."""
    store = desk.help("make_store")
    customers = draw_customers(desk)
    for one in customers:
        one["churned"] = int(one["contract"] == CONTRACTS[0])
    desk.api.will(answer(200, customers))
    desk.call("training_pipeline", desk.api.url, store, min_auc=0.0)
    desk.api.will(answer(200, draw_customers(desk, 30, churned=False)))
    scores = scores_of(desk.call("inference_pipeline", another_url(desk), store))
    desk.note("who will leave", {key: is_high(one) for key, one in scores.items()})
    runs = desk.flow_runs()
    children = [{run.flow for run in runs if run.parent == root.id} for root in roots_of(runs)]
    desk.note("the runs ended in", states_of(runs))
    desk.note("they share a child", len(children) == 2 and bool(children[0] & children[1]))


@examines(6)
def a_failing_preparation(desk: Desk) -> None:
    """Fail the inference with its child."""
    desk.api.will(answer(desk.rng.choice(HOPELESS)))
    outcome = desk.call("inference_pipeline", desk.api.url, desk.help("make_store"))
    desk.note_failure("in the end", outcome)
    desk.note("all flow runs ended in", [run.states[-1] for run in desk.flow_runs()])


def _database(desk: Desk, folder: str = "") -> str:
    return str(Path("work") / desk.folder.name / folder / "mlflow.db")


def _version(outcome: Outcome) -> Any:
    return outcome.returned.get("version", "none") if isinstance(outcome.returned, dict) else "none"


@examines(7)
def only_good_models_get_in(desk: Desk) -> None:
    """Train behind an open gate and a shut one: both are tracked, one is registered."""
    store, wanted = desk.help("make_store"), []
    gates = [0.1, 1.0]
    desk.rng.shuffle(gates)
    for gate in gates:
        settings = draw_settings(desk)
        desk.api.will(answer(200, draw_customers(desk)))
        outcome = desk.call("training_pipeline", another_url(desk), store, **settings, min_auc=gate)
        desk.note(f"the version behind {gate}", _version(outcome))
        told = outcome.returned if isinstance(outcome.returned, dict) else {}
        wanted.append(
            {
                "model": told.get("name"),
                **{name: str(value) for name, value in settings.items()},
                "orchestrator": "prefect",
                "val_auc": number_of(told.get("val_auc")),
                "status": "FINISHED",
            }
        )
    with desk.database(_database(desk)) as database:
        runs, registry = list(runs_of(database).values()), registry_of(database, MODEL)
    seen = [
        {**run["params"], "val_auc": run["metrics"].get("val_auc"), "status": run["status"]}
        for run in runs
        if run["experiment"] == MODEL
    ]
    found = [any({**one, **want} == one for one in seen) for want in wanted]
    desk.note("each training is a run, with its parameters", found)
    desk.note("runs", len(seen))
    desk.note("versions", list(registry["versions"]))
    desk.note("champion", registry["aliases"].get("champion"))
    desk.note("left beside the store", desk.help("leftovers"))


@examines(7)
def the_champion_scores(desk: Desk) -> None:
    """Score with a champion that is not the newest; then there is none."""
    champion = desk.rng.randint(1, 2)
    desk.help("fill", [desk.rng.randrange(10**6) for _ in range(3)], champion)
    customers = draw_customers(desk, 20, churned=False)
    # What a contract is made into is task 6.
    plain = [{**one, "contract": CONTRACTS[0]} for one in customers]
    desk.api.will(answer(200, plain))
    store = desk.folder / "with"
    scores = desk.call("inference_pipeline", desk.api.url, str(store))
    desk.note("the scores", scores_of(scores), within=1e-6)
    without = desk.call("inference_pipeline", desk.api.url, str(desk.folder / "without"))
    desk.note_failure("without a champion", without)
    with desk.database(_database(desk, "with")) as database:
        desk.note("the registry", registry_of(database, MODEL)["aliases"])


def _flow_names(desk: Desk) -> list[str]:
    """Learn what the engine calls both pipelines, from runs that find no customers."""
    desk.api.will(answer(404))
    for name in ("training_pipeline", "inference_pipeline"):
        desk.call(name, desk.api.url, "/nowhere")
    return [run.flow for run in roots_of(desk.flow_runs())]


@examines(8)
def both_run_by_the_clocks_of_paris(desk: Desk) -> None:
    """Ask for the starts around drawn clock changes, and on a drawn ordinary day."""
    store = f"store-{desk.rng.randrange(10**6)}"
    told = desk.drive("describe", desk.api.url, store)
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
        desk.note(f"starts of the {pipeline}", desk.help("starts_of", one["schedules"], asked))
        given = {key: one["parameters"].get(key) for key in ("url", "store")}
        right = given == {"url": desk.api.url, "store": store}
        desk.note(f"the {pipeline} gets its parameters", right)


@examines(9)
def the_team_is_told_once(desk: Desk) -> None:
    """Fail both pipelines, for good, while the channel is well and while it is down."""
    moods: list[Mood] = ["well", desk.rng.choice((500, 503, 429))]
    nights = [(one, mood) for one in ("training", "inference") for mood in moods]
    desk.rng.shuffle(nights)
    desk.drive("set_webhook", desk.api.webhook_url)
    statuses, errors = [], []
    for number, (name, mood) in enumerate(nights, start=1):
        statuses.append(desk.rng.choice((*HEALS, *HOPELESS)))
        desk.api.will(answer(statuses[-1]))
        desk.api.webhooks.will_be(mood)
        errors.append(desk.call(f"{name}_pipeline", desk.api.url, str(desk.folder)))
        desk.note(f"messages after {number}", len(desk.api.webhooks.posts))
    own = [str(one) in error.text for one, error in zip(statuses, errors, strict=True)]
    desk.note("each failed with its own error", own)
    runs = roots_of(desk.flow_runs())
    desk.note("the runs ended in", states_of(runs))
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
    store = desk.help("make_store")
    desk.drive("set_webhook", desk.api.webhook_url)
    desk.api.will(answer(200, draw_customers(desk)))
    outcome = desk.call("training_pipeline", desk.api.url, store, min_auc=1.0)
    desk.note("it returned", not outcome.raised)
    desk.note("messages", len(desk.api.webhooks.posts))

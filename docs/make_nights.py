"""Record the nights of kata 17: real runs with planted causes, read back from Prefect's API.

Usage: python docs/make_nights.py [FAMILY ...]

`katas/17_failed_night/nights.jsonl` is what its tests draw from, `reference/17_failed_night/
nights.jsonl` what its examination draws from: the same families, other seeds. With families named
those alone are recorded, the others stay. Runs last seconds, nights half an hour: each moment is
moved
to its night, and its distance from the beginning of its run is stretched. Heartbeats, every 30 s of
such a night for as long as the process really lived, are added: Prefect's come every 180 s. The
kept form, ids and moments made short, is that of `dojo.world.draw.recorded`, which draws from it.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dojo.engines.prefect import engine
from dojo.ground.run_folder import Room

ROOT = Path(__file__).resolve().parent.parent
KATA = "17_failed_night"
SEEDS = {f"katas/{KATA}/nights.jsonl": 17, f"reference/{KATA}/nights.jsonl": 1717}
# How many seconds of a night a real one becomes.
STRETCH = 500
COLUMNS = ["customer_id", "tenure_months", "monthly_charges", "support_calls"]
NAMES = {
    "F": ["load_customers", "fetch_accounts", "read_contracts"],
    "U": ["load_weather", "fetch_holidays", "read_usage"],
    "E": ["engineer_features", "make_features", "build_table"],
    "A": ["train_forest", "fit_trees", "train_boosting"],
    "B": ["train_linear", "fit_baseline", "train_ridge"],
    "C": ["choose_model", "compare_models", "evaluate"],
    "P": ["promote_model", "move_champion", "release_model"],
    "S": ["score_customers", "predict_churn", "score_all"],
    "W": ["write_call_list", "publish_scores", "send_campaign"],
}
ALL = "FEABCPSW"
PLAN: ContextVar[dict[str, Any]] = ContextVar("plan")
LAST = {"status": 503}  # an answer is given again and again, if it is the last one


# --- The flow: what it does in a run, the plan says ---------------------------------------------


def ask(path: str) -> dict[str, Any]:
    """Ask the API; what raises is what a client would raise."""
    from prefect.runtime import task_run

    plan = PLAN.get()
    headers = {"X-Task": str(task_run.id), "X-Run": plan["label"]}
    request = urllib.request.Request(f"{plan['api']}/{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return {"columns": json.load(answer)}
    except urllib.error.HTTPError as error:
        body = json.load(error)
        if plan.get("is_careless"):
            return {"columns": body}
        raise


def step(name: str) -> None:
    """Fail, or wait to be killed, if the plan says so of a step."""
    plan = PLAN.get()
    if plan.get("hangs") == name:
        time.sleep(1.0)  # what was emitted is on its way
        Path(plan["mark"]).touch()
        time.sleep(120)
    time.sleep(plan.get("slow", {}).get(name, 0.0))
    if name in plan.get("fails", {}):
        raise RuntimeError(plan["fails"][name])


def make_flow(names: dict[str, str]) -> Any:
    """Make the nightly flow with tasks of these names."""
    from prefect import allow_failure, flow, task

    def named(key: str, **more: Any) -> Callable[[Any], Any]:
        return task(name=names[key], task_run_name=names[key], **more)

    @named("F", retries=2, retry_delay_seconds=0.05)
    def load() -> dict[str, Any]:
        step("F")
        return ask("customers")

    @named("U", tags=["optional"])
    def usage() -> dict[str, Any]:
        step("U")
        return {}

    @named("E", cache_key_fn=lambda *_: PLAN.get()["key"])
    def features(customers: dict[str, Any]) -> dict[str, Any]:
        step("E")
        for column in PLAN.get().get("needs", COLUMNS):
            customers["columns"].index(column)
        return {"features": 1}

    def training(key: str) -> Any:
        @named(key)
        def train(features: dict[str, Any]) -> dict[str, Any]:
            del features
            step(key)
            return {"model": key}

        return train

    @named("C")
    def choose(models: list[Any]) -> dict[str, Any]:
        step("C")
        is_whole = all(isinstance(one, dict) for one in models)
        if not is_whole and not PLAN.get().get("is_tolerant"):
            raise RuntimeError("a model is missing")
        return {"model": "best" if is_whole else None}

    @named("P", tags=["effect"])
    def promote(model: dict[str, Any]) -> dict[str, Any]:
        step("P")
        return {"version": len(model["model"])}

    @named("S")
    def score(features: dict[str, Any], model: dict[str, Any]) -> dict[str, Any]:
        del features
        step("S")
        return {"scores": len(model["model"])}

    @named("W", tags=["effect"])
    def publish(scores: dict[str, Any]) -> dict[str, Any]:
        del scores
        step("W")
        return {"published": 1}

    first, second = training("A"), training("B")

    @flow(name="nightly-churn")
    def nightly(night: str, region: str) -> None:
        del night, region  # the plan has them
        customers = load()
        usage(return_state=True)
        table = features(customers)
        models = [first.submit(table), second.submit(table)]
        step("flow")
        if PLAN.get().get("is_lenient"):
            best = choose.submit([allow_failure(one) for one in models])
            promoted = promote.submit(best)
            scores = score.submit(table, best)
            published = publish.submit(scores)
            for one in (promoted, published):
                one.wait()
            best.result()
            scores.result()
            promoted.result()
            published.result()
            return
        for one in models:
            one.wait()
        best = choose([one.result() for one in models])
        promote(best)
        publish(score(table, best))

    return nightly


# --- The API that is asked ----------------------------------------------------------------------


class Api:
    """Answers as each run's plan says, and notes who asked what."""

    def __init__(self) -> None:
        """Start without plans."""
        self.plans: dict[str, list[dict[str, Any]]] = {}
        self.requests: list[dict[str, Any]] = []
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                api.answer(self)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Give the next answer of the asking run's plan."""
        left = self.plans[handler.headers["X-Run"]]
        one = left.pop(0) if len(left) > 1 else left[0]
        status = one["status"]
        is_good = status == 200
        columns = one.get("columns", COLUMNS) if is_good else ["error"]
        self.requests.append(
            {
                "at": datetime.now(timezone.utc).isoformat(),
                "task": handler.headers["X-Task"],
                "run": handler.headers["X-Run"],
                "path": handler.path,
                "status": status,
                "columns": columns if status else [],
                "version": one.get("version", "v2") if is_good else None,
            }
        )
        if status is None:
            handler.connection.close()
            return
        body = json.dumps(columns).encode()
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)


# --- What is planted: by family, what the runs of a night meet, and what is true of it -----------


def run(at: str = "", **plan: Any) -> dict[str, Any]:
    """Plan a run of tonight.

    Args:
        at: When it begins, by the wall clock of the night; "" for when it was due.
        plan: `answers` of the API (statuses, or dicts), `fails` (messages by step), `hangs` (the
            step at which it is killed), `due` (another time), `region`, `key` of the features, ...
    """
    answers = [one if isinstance(one, dict) else {"status": one} for one in plan.pop("answers", [])]
    return {"at": at, "answers": answers or [{"status": 200}], **plan}


def families(rng: random.Random) -> dict[str, dict[str, Any]]:
    """Return what is planted: runs, and the truth by step. F to W are the keys of NAMES."""
    busy = rng.choice([429, 500, 502, 503, 504])
    gone = rng.choice(COLUMNS[1:])
    fewer = [one for one in COLUMNS if one != gone]
    renamed = {"status": 200, "columns": [*fewer, f"{gone}_v2"]}
    error = {"status": 200, "columns": ["error"]}
    more = {"status": 200, "columns": [*COLUMNS, "email"][:: rng.choice([1, -1])]}
    model, other = rng.sample("AB", 2)
    hurt = {model: "matrix is singular"}
    lenient = rng.random() < 0.5
    elsewhere = {"region": "us", "first": None}
    good, old = {"status": 200}, {"status": 200, "version": "v1"}
    hangs, long = rng.choice("CS"), {"C": 0.8}
    late = f"0{rng.randint(3, 5)}:{rng.randint(10, 59)}"

    def night(runs: list[dict[str, Any]], cause: str, where: str, **more: Any) -> dict[str, Any]:
        keep, by_hand = more.pop("keep", ALL), more.pop("by_hand", "")
        again = more.pop("again", "".join(one for one in ALL if one not in keep + by_hand))
        truth = {"cause": [cause, where], "keep": keep, "by_hand": by_hand, "again": again}
        return {"runs": runs, "truth": {**truth, "next": more.pop("next")}, **more}

    fine = {"cause": "nothing", "where": "", "next": "nothing"}
    return {
        "green": night([run(is_lenient=lenient)], **fine),
        "retry_healed": night([run(answers=[busy, 200])], **fine),
        "refused_once": night([run(answers=[401, 200])], **fine),
        "optional_failed": night([run(fails={"U": "not mounted"})], **fine),
        "began_late": night([run("03:30")], **fine),
        "two_regions": night([run(), run("02:31", **elsewhere)], **fine),
        "cache_was_right": night(
            [run(answers=[old], key="features-v1")], before={"key": "features-v1"}, **fine
        ),
        "outage": night([run(answers=[busy], first="F")], "outage", "F", keep="", next="wait"),
        "outage_is_over": night(
            [run(answers=[busy], first="F"), run("03:20", **elsewhere)],
            *("outage", "F"),
            keep="",
            next="rerun",
        ),
        "no_answer": night(
            [run(answers=[{"status": None}], first="F")], "outage", "F", keep="", next="wait"
        ),
        "error_taken_for_rows": night(
            [run(answers=[busy], is_careless=True, first="E")],
            *("outage", "F"),
            keep="",
            next="wait",
        ),
        "secret": night(
            [run("", answers=[401], first="F"), run("02:05", **elsewhere)],
            *("secret", "F"),
            keep="",
            next="mend",
        ),
        "secret_of_all": night(
            [
                run(answers=[401], first="F"),
                run("03:10", answers=[401], **{**elsewhere, "first": "F"}),
            ],
            *("secret", "F"),
            keep="",
            next="mend",
        ),
        "refused_alone": night(
            [run(answers=[401], first="F"), run("02:55", **elsewhere)],
            *("code", "F"),
            keep="",
            next="mend",
        ),
        "answer_renamed": night(
            [run(answers=[renamed], first="E")], "answer", "F", keep="", next="mend"
        ),
        "answer_is_an_error": night(
            [run(answers=[busy, error], first="E")], "answer", "F", keep="", next="mend"
        ),
        "code_in_features": night(
            [run(answers=[more], needs=[f"{gone}_"], first="E")],
            *("code", "E"),
            keep="F",
            next="mend",
        ),
        "code_in_training": night(
            [run(fails=hurt, is_lenient=True, first=model)],
            *("code", model),
            keep=f"FE{other}",
            next="mend",
        ),
        "failure_passed_on": night(
            [run(fails=hurt, is_lenient=True, is_tolerant=True, first=model)],
            *("code", model),
            keep=f"FE{other}",
            next="mend",
        ),
        "optional_then_code": night(
            [run(fails={"U": "not mounted", **hurt}, first=model)],
            *("code", model),
            keep=f"FE{other}",
            next="mend",
        ),
        "both_models": night(
            [run(fails={"A": "one", "B": "two"}, slow={"A": 0.3}, is_lenient=True, first="B")],
            *("code", "B"),
            keep="FE",
            next="mend",
        ),
        "flow_raises": night(
            [run(fails={"flow": "no quota for models"})],
            *("code", "run 0"),
            keep="FEAB",
            next="mend",
        ),
        "effect_fails": night(
            [run(fails={"W": "no such table"}, is_lenient=lenient, first="W")],
            *("code", "W"),
            keep="FEABCPS",
            next="mend",
        ),
        "lost": night([run(hangs="C")], "worker", "run 0", keep="FEAB", next="rerun"),
        "lost_while_promoting": night(
            [run(hangs="P")],
            *("worker", "run 0"),
            keep="FEABC",
            by_hand="P",
            next="look",
        ),
        "lost_and_crashed": night(
            [run(hangs="S", crashed=True)], *("worker", "run 0"), keep="FEABCP", next="rerun"
        ),
        "preempted": night(
            [run(hangs="C", is_told=True)], *("worker", "run 0"), keep="FEAB", next="rerun"
        ),
        "preempted_while_promoting": night(
            [run(hangs="P", is_told=True)],
            *("worker", "run 0"),
            keep="FEABC",
            by_hand="P",
            next="look",
        ),
        "crashed_when_done": night([run(crashed=True)], **fine),
        "slow": night(
            [run(hangs=hangs)],
            *("nothing", ""),
            keep="FEAB" if hangs == "C" else "FEABCP",
            again="",
            next="wait",
            is_alive=True,
        ),
        "lost_then_rerun": night([run(hangs=model), run(late)], **fine),
        "rerun_healed": night([run(answers=[busy], first="F"), run(late)], **fine),
        "rerun_failed_otherwise": night(
            [run(answers=[busy], first="F"), run(late, fails=hurt, first=model)],
            *("code", model),
            keep=f"FE{other}",
            next="mend",
        ),
        "stale_features": night(
            [
                run(
                    answers=[good],
                    key="features",
                    fails={"C": "rows: 4012, labels: 4050"},
                    first="C",
                )
            ],
            *("cache", "E"),
            before={"key": "features", "answers": [old]},
            keep="F",
            next="mend",
        ),
        "stale_features_unseen": night(
            [run(answers=[good], key="features")],
            *("cache", "E"),
            before={"key": "features", "answers": [old]},
            keep="F",
            by_hand="PW",
            again="EABCS",
            next="mend",
        ),
        "clock_back": night(
            [run(), run("02:30", due="fold", fold=1)],
            *("clock", "run 1"),
            date="2026-10-25",
            keep="FEABCS",
            by_hand="PW",
            next="mend",
        ),
        "clock_forward": night(
            [run("03:30", due="03:30")], "clock", "run 0", date="2026-03-30", next="mend"
        ),
        "two_at_once": night(
            [
                run(with_next=True, slow=long),
                run("02:30", fails={"P": "the alias is locked"}, first="P", due="02:34"),
            ],
            *("twice", "run 1"),
            next="nothing",
        ),
        "two_at_once_unseen": night(
            [run(with_next=True, slow=long), run("02:30", due="02:34")],
            *("twice", "run 1"),
            keep="FEABCS",
            by_hand="PW",
            next="look",
        ),
    }


# --- Recording ----------------------------------------------------------------------------------


class Recorder:
    """Has the runs of nights made, and reads them back."""

    def __init__(self, read_runs: Callable[[list[str]], list[dict[str, Any]]]) -> None:
        """Start the API.

        Args:
            read_runs: Reads flow runs as the reference of kata 17 does.
        """
        self.api = Api()
        self._read = read_runs

    def record(self, family: str, planned: dict[str, Any], rng: random.Random) -> dict[str, Any]:
        """Have the runs of a night made; return what is kept of it."""
        names = {key: rng.choice(known) for key, known in NAMES.items()}
        nightly = make_flow(names)
        date = planned.get("date", "2026-03-12")
        night = Night(family, date, names, planned)
        before = {"answers": [{"status": 200, "version": "v1"}], **planned.get("before", {})}
        runs = [{**run(), **before, "offset": -1, "first": None}, *planned["runs"]]
        waiting: list[threading.Thread] = []
        for number, plan in enumerate(runs):
            made = night.begin(number, plan, self.api)
            if plan.get("hangs"):
                self._have_killed(made, planned)
            else:
                thread = threading.Thread(target=_make, args=(nightly, made))
                thread.start()
                waiting.append(thread)
                if plan.get("with_next"):
                    time.sleep(0.3)
                    continue
            for thread in waiting:
                thread.join()
            waiting = []
            made["ended"] = made.get("ended") or time.time()
            if plan.get("crashed"):
                _set_crashed(made["id"])
        rows = self._settled([made["id"] for made in night.made])
        for made in night.made:
            if made.get("process"):
                made["ended"] = time.time()
                made.pop("process").kill()
        return night.kept(rows, self.api.requests, rng)

    def _have_killed(self, made: dict[str, Any], planned: dict[str, Any]) -> None:
        """Have a process of its own make a run, and kill it where it hangs."""
        from prefect.settings import PREFECT_API_URL

        told = {**made, "names": made["names"]}
        environment = {**os.environ, "PREFECT_API_URL": str(PREFECT_API_URL.value())}
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", __file__, "--one", json.dumps(told)], env=environment
        )
        while not Path(made["plan"]["mark"]).exists():
            if process.poll() is not None:
                raise RuntimeError("the run that was to be killed has ended")
            time.sleep(0.05)
        made["id"] = Path(made["plan"]["mark"] + ".id").read_text()
        if planned.get("is_alive"):
            made["process"] = process
            return
        if made["plan"].get("is_told"):
            process.terminate()
        else:
            process.kill()
        process.wait()
        made["ended"] = time.time()

    def _settled(self, flow_run_ids: list[str]) -> list[dict[str, Any]]:
        """Read runs when all that the engine told has reached the server."""
        seen: list[Any] = []
        for _ in range(60):
            time.sleep(0.4)
            seen.append(self._read(flow_run_ids))
            if seen[-3:].count(seen[-1]) == 3:
                break
        return list(seen[-1])


def _make(nightly: Any, made: dict[str, Any]) -> None:
    """Make a run in this thread."""
    from prefect.client.orchestration import get_client
    from prefect.flow_engine import run_flow
    from prefect.states import Scheduled
    from prefect.utilities.engine import capture_sigterm

    PLAN.set(made["plan"])
    with get_client(sync_client=True) as client:
        flow_run = client.create_flow_run(
            nightly, parameters=made["parameters"], state=Scheduled(), name=made["name"]
        )
        made["id"] = str(flow_run.id)
        if made["plan"].get("hangs"):
            Path(made["plan"]["mark"] + ".id").write_text(made["id"])
        # A process of Prefect's own worker is started so: it is told of its end by SIGTERM.
        told = capture_sigterm() if made["plan"].get("hangs") else contextlib.nullcontext()
        with contextlib.suppress(Exception), told:
            run_flow(nightly, flow_run=flow_run, parameters=made["parameters"])


def _set_crashed(flow_run_id: str) -> None:
    """Do what the automation of Prefect's page on zombie flows does."""
    from uuid import UUID

    from prefect.client.orchestration import get_client
    from prefect.states import Crashed

    state: Any = Crashed(message="Flow run marked as crashed due to missing heartbeats.")
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(UUID(flow_run_id), state, force=True)


class Night:
    """A night that is being recorded, and how its seconds become those of a night."""

    zone = ZoneInfo("Europe/Paris")

    def __init__(
        self, family: str, date: str, names: dict[str, str], planned: dict[str, Any]
    ) -> None:
        """Begin a night."""
        self.family, self.date, self.names, self.planned = family, date, names, planned
        self.made: list[dict[str, Any]] = []
        self._place = tempfile.TemporaryDirectory(prefix="nights-")
        self.folder = self._place.name

    def begin(self, number: int, plan: dict[str, Any], api: Api) -> dict[str, Any]:
        """Plan a run; 0 is the earlier night's."""
        label = f"{self.family}-{id(self)}-{number}"
        api.plans[label] = list(plan["answers"])
        offset = plan.get("offset", 0)
        wall = plan["at"] or "02:30"
        due = plan.get("due") or "02:30"
        made = {
            "number": number,
            "parameters": {
                "night": str(datetime.fromisoformat(self.date).date() + timedelta(days=offset)),
                "region": plan.get("region", "eu"),
            },
            "offset": offset,
            "begins": self._seconds(offset, wall, plan.get("fold", 0)),
            "due": self._seconds(offset, "02:30" if due == "fold" else due, int(due == "fold")),
            "name": f"run-{number}",
            "names": self.names,
            "first": plan.get("first"),
            "plan": {
                **plan,
                "label": label,
                "api": api.url,
                "mark": f"{self.folder}/{number}",
                "key": f"{self.family}-{id(self)}-{plan.get('key', number)}",
            },
        }
        self.made.append(made)
        return made

    def _seconds(self, offset: int, wall: str, fold: int) -> float:
        """Return how long after the night's midnight a time of the wall clock is."""
        day = datetime.fromisoformat(self.date) + timedelta(days=offset)
        hour, minute = map(int, wall.split(":"))
        at = day.replace(hour=hour, minute=minute, fold=fold, tzinfo=self.zone)
        begin = datetime.fromisoformat(self.date).replace(tzinfo=self.zone)
        return (at.astimezone(timezone.utc) - begin.astimezone(timezone.utc)).total_seconds()

    def kept(
        self, rows: list[dict[str, Any]], requests: list[dict[str, Any]], rng: random.Random
    ) -> dict[str, Any]:
        """Return the night in its short form, with what is true of it."""
        keys = {name: key for key, name in self.names.items()}
        short = {}
        for made, row in zip(self.made, rows, strict=True):
            short[row["id"]] = f"r{made['number']}"
            for task in row["tasks"]:
                # One that never began has its default name: the task's, and a few signs.
                name = task["name"]
                if name not in keys:
                    name = task["name"] = name.rsplit("-", 1)[0]
                short[task["id"]] = f"r{made['number']}.{keys[name]}"
        clocks: list[tuple[float, float]] = []
        runs: list[dict[str, Any]] = []
        beats: dict[str, list[float]] = {}
        results: dict[str, str] = {}
        for made, row in zip(self.made, rows, strict=True):
            began = next(_epoch(s["at"]) for s in row["states"] if s["type"] == "RUNNING")
            is_joined = clocks and self.made[len(clocks) - 1]["plan"].get("with_next")
            clocks.append(clocks[-1] if is_joined else (began, made["begins"]))
            runs.append(self._kept_run(made, row, short, clocks[-1], results))
            end = _moved(made["ended"], clocks[-1]) if self._has_no_end(row) else None
            states = [*runs[-1]["states"], *(s for t in runs[-1]["tasks"] for s in t["states"])]
            began = next(at for kind, _, at, _ in runs[-1]["states"] if kind == "RUNNING")
            last = end or max(at for kind, _, at, _ in states if kind != "CRASHED")
            beats[runs[-1]["id"]] = [
                round(began + 30 * n, 3) for n in range(int((last - began) // 30) + 1)
            ]
            made["last"] = (
                max(last, beats[runs[-1]["id"]][-1])
                if not end
                else max(
                    [
                        beats[runs[-1]["id"]][-1],
                        *(at for kind, _, at, _ in states if kind != "CRASHED"),
                    ]
                )
            )
        of = {made["plan"]["label"]: clock for made, clock in zip(self.made, clocks, strict=True)}
        last = max(made["last"] for made in self.made)
        wait = rng.uniform(1, 85) if self.planned.get("is_alive") else rng.uniform(95, 9000)
        truth = self.planned["truth"]
        where = truth["cause"][1]
        ours = [
            made for made in self.made if made["number"] and made["parameters"]["region"] == "eu"
        ]
        sits = f"r{int(where[4:]) + 1}" if where.startswith("run ") else ""
        sits = sits or (where and f"r{ours[-1]['number']}.{where}")
        return {
            "family": self.family,
            "date": self.date,
            "timezone": "Europe/Paris",
            "due": "02:30",
            "region": "eu",
            "taken_at": round(last + wait, 3),
            "runs": runs,
            "heartbeats": beats,
            "requests": [
                {
                    "at": _moved(_epoch(one["at"]), of[one["run"]]),
                    "task": short[one["task"]],
                    **{key: one[key] for key in ("path", "status", "columns", "version")},
                }
                for one in requests
                if one["run"] in of
            ],
            "truth": {
                "first": {
                    f"r{made['number']}": made["first"] and f"r{made['number']}.{made['first']}"
                    for made in self.made
                },
                "cause": [truth["cause"][0], sits],
                **{
                    kind: sorted(self.names[key] for key in truth[kind])
                    for kind in ("by_hand", "keep", "again")
                },
                "next": truth["next"],
            },
        }

    @staticmethod
    def _has_no_end(row: dict[str, Any]) -> bool:
        return bool(row["states"][-1]["type"] == "RUNNING") or bool(
            row["states"][-1]["type"] == "CRASHED" and row["states"][-2]["type"] == "RUNNING"
        )

    @staticmethod
    def _kept_run(
        made: dict[str, Any],
        row: dict[str, Any],
        short: dict[str, str],
        clock: tuple[float, float],
        results: dict[str, str],
    ) -> dict[str, Any]:
        def states(rows: list[dict[str, Any]]) -> list[list[Any]]:
            found = []
            for one in rows:
                message = one["message"]
                for known, name in short.items():
                    message = message.replace(known, f"<{name}>")
                found.append([one["type"], one["name"], _moved(_epoch(one["at"]), clock), message])
            return found

        return {
            "id": short[row["id"]],
            "name": row["name"],
            "parameters": {"night": made["offset"], "region": made["parameters"]["region"]},
            "due": made["due"],
            "states": states(row["states"]),
            "tasks": [
                {
                    "id": short[task["id"]],
                    "name": task["name"],
                    "tags": task["tags"],
                    "upstream": sorted(short[one] for one in task["upstream"]),
                    "result": task["result"]
                    and results.setdefault(task["result"], f"result-{len(results)}"),
                    "states": states(task["states"]),
                }
                for task in sorted(row["tasks"], key=lambda one: short[one["id"]])
            ],
        }


def _epoch(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _moved(at: float, clock: tuple[float, float]) -> float:
    """Move a real moment into the night; the clock is that of its run."""
    began, begins = clock
    return round(begins + (at - began) * STRETCH, 3)


@contextlib.contextmanager
def prefect() -> Iterator[None]:
    """Start Prefect's own harness, with all of the engine's events, on a migrated database."""
    room = Room()
    room.furnish()
    engine.isolate(room)
    os.environ["PREFECT_LOGGING_LEVEL"] = "CRITICAL"
    os.environ["PREFECT_RESULTS_LOCAL_STORAGE_PATH"] = str(room.folder("results"))
    from prefect.testing.utilities import prefect_test_harness

    with engine.quick_start(room, print), prefect_test_harness(server_startup_timeout=300):
        yield


def reference() -> Any:
    """Load the reference of kata 17."""
    import importlib.util

    path = ROOT / "reference" / KATA / "failed_night.py"
    spec = importlib.util.spec_from_file_location("failed_night", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def record(seed: int, names: list[str]) -> Iterator[dict[str, Any]]:
    """Record the named families, or all; Prefect is there."""
    recorder = Recorder(reference().read_runs)
    for name in names or families(random.Random(0)):
        rng = random.Random(f"{seed}/{name}")
        yield recorder.record(name, families(rng)[name], rng)


def main(asked: list[str]) -> int:
    """Record what is asked for, and write it where all of it is."""
    if asked[:1] == ["--one"]:
        made = json.loads(asked[1])
        _make(make_flow(made["names"]), made)
        return 0
    with prefect():
        for name, seed in SEEDS.items():
            path = ROOT / name
            known = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
            lines = {json.loads(line)["family"]: line for line in known if asked}
            for night in record(seed, asked):
                line = json.dumps(night, sort_keys=True, separators=(",", ":"))
                lines[night["family"]] = line
                print(f"{name}: {night['family']}", flush=True)
            path.write_text("\n".join(lines.values()) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

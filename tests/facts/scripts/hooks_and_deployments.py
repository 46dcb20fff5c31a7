"""Tell of runs and deploy flows: katas 09 to 12, and 20; see test_hook_and_deployment_facts.py."""

# ruff: noqa: ARG005, E402  Prefect is imported where it finds its settings.

import datetime
import http.server
import inspect
import json
import logging
import re
import threading
import types
import urllib.request
from pathlib import Path

from dojo.engines.prefect import engine
from dojo.ground.run_folder import Room
from dojo.world.history import PrefectHistory, recorded_history

room = Room()
room.furnish()
engine.isolate(room)
import httpx
import requests
import responses
from prefect import flow, serve, task
from prefect.blocks.notifications import DiscordWebhook, SlackWebhook
from prefect.cache_policies import INPUTS
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import ConcurrencyLimitConfig
from prefect.deployments import run_deployment
from prefect.schedules import Interval
from prefect.server.schemas import schedules
from prefect.settings import get_current_settings
from prefect.transactions import transaction

found = {}


def attempt(action, *given, **more):
    try:
        return action(*given, **more)
    except BaseException as error:
        return f"{type(error).__name__}: {error}"


class Moved(http.server.BaseHTTPRequestHandler):
    """Answer 302 to all but `/there`, which takes what comes."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        heard.append([self.command, self.path, len(body)])
        self.send_response(200 if self.path == "/there" else 302)
        self.send_header("Location", "/there")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST

    def log_message(self, *given): ...


def redirected():
    """Return what reaches a server that moves what is posted, client by client."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Moved)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/secret"
    seen = {}
    for name, post in (
        ("requests", lambda: requests.post(url, json={"text": "x"}).raise_for_status()),
        ("urllib", lambda: urllib.request.urlopen(url, b"text").read()),
        (
            "not followed",
            lambda: requests.post(url, data="x", allow_redirects=False).raise_for_status(),
        ),
    ):
        heard.clear()
        said = attempt(post)
        seen[name] = [[one[:2] for one in heard], said if isinstance(said, str) else "content"]
    server.shutdown(), server.server_close()
    seen["address quoted"] = "/secret" in attempt(requests.post, url)
    return seen


def posted(block, status, **headers):
    """Return what a block of Prefect's sends and says where the webhook answers so."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        wire.post(re.compile("https://(hooks.slack|discord).com/"), status=status, headers=headers)
        wire.get("https://elsewhere.example/", status=200)
        said = attempt(block.notify, "the night has failed")
        return [[call.request.method for call in wire.calls], said and str(said)]


def blocks():
    slack = "https://hooks.slack.com/services/T00000000/B00000000/abcdefghijklmnopqrstuvwx"
    away = {"Location": "https://elsewhere.example/"}
    seen = {"slack refuses": posted(SlackWebhook(url=slack), 500)}
    block = SlackWebhook(url=slack)
    with block.raise_on_failure():
        seen["slack refuses, told to raise"] = posted(block, 500)
    for name, end in (("slack has moved", ""), ("slack has moved, stays", "?redirect=no")):
        seen[name] = posted(SlackWebhook(url=slack + end), 302, **away)
    discord = DiscordWebhook(webhook_id="123456789012345678", webhook_token="abcdefghijklmnopqrstu")
    seen["discord has moved"] = posted(discord, 302, **away)
    return seen


def logged_by_httpx():
    said = []
    listener = logging.Handler()
    listener.emit = lambda record: said.append([record.levelname, record.getMessage()])
    logger = logging.getLogger("httpx")
    logger.addHandler(listener)
    level, logger.level = logger.level, logging.INFO
    with httpx.Client(transport=httpx.MockTransport(lambda asked: httpx.Response(200))) as client:
        client.post("https://hooks.example/secret")
    logger.removeHandler(listener)
    logger.setLevel(level)
    return said


def called(error, **hooks):
    """Return which hooks a flow run that ends so calls, and what its log says."""
    history, heard_of = PrefectHistory(), []

    @task(on_failure=[lambda task, run, state: heard_of.append("task")])
    def work(): ...

    @flow(
        on_failure=[lambda flow, run, state: heard_of.append("failure"), lambda state: None],
        on_crashed=[lambda flow, run, state: heard_of.append("crash")],
    )
    def night():
        work()
        raise error

    with recorded_history(history):
        attempt(night)
        (run,) = history.flow_runs
        return [heard_of, [text for level, text in run.logs if level == "ERROR"]]


@flow
def scored(path: str, days: int = 7): ...


def registered(**parameters):
    """Return what the server does with such a deployment, and with a run of it."""
    said = attempt(scored.to_deployment("nightly", parameters=parameters).apply)
    return str(said).split(":")[0] if isinstance(said, str) else "taken"


def parameters_of_a_run():
    identity = scored.to_deployment("hourly", parameters={"path": "x"}).apply()
    with get_client(sync_client=True) as client:
        asked = {"url": f"/deployments/{identity}/create_flow_run", "json": {}}
        return client._client.post(**asked).json()["parameters"]


def asked_again():
    """Ask for days of a deployment, one of them twice; return the runs, as numbers, and states."""
    scored.to_deployment("daily", parameters={"path": "x"}, concurrency_limit=5).apply()
    runs = [
        run_deployment(
            "scored/daily", parameters={"path": day}, timeout=0, idempotency_key=f"fix/{day}"
        )
        for day in ("2", "1", "2")
    ]
    ids = list(dict.fromkeys(run.id for run in runs))
    return [[ids.index(run.id), run.parameters["path"], run.state_name] for run in runs]


@task
def make(): ...


@make.on_commit
def fails(staged):
    raise OSError("of the hook")


def committed():
    with transaction():
        make()
    return "went on"


@task(cache_policy=INPUTS)
def kept(x): ...


@task(cache_key_fn=lambda context, given: "k" * 300)
def long_key():
    return 1


heard = []
with engine.harness(room, lambda _: None), engine.results_in(room.folder("results")):
    found["failed"] = called(OSError("no room"))
    found["crashed"] = called(KeyboardInterrupt())
    found["hook in no list"] = attempt(flow, lambda: None, name="x", on_failure=print)
    found["parameters"] = {
        "text for a number": registered(path="x", days="many"),
        "unknown": registered(path="x", dais=7),
        "missing": registered(days=7),
    }
    found["of a run"] = parameters_of_a_run()
    found["asked again"] = asked_again()
    found["commit"] = committed()
    history = PrefectHistory()
    with recorded_history(history):
        found["long key"] = [attempt(long_key)]
        (run,) = history.task_runs
        found["long key"] += run.states

    import example_09
    import example_10
    import example_11
    import example_12

    cancelled = []
    example_09.ledger = types.SimpleNamespace(add=lambda amount: 7, cancel=cancelled.append)
    example_09.price = lambda order: order["amount"]
    example_09.print_invoice = lambda number: 1 / 0
    found["example 09"] = [attempt(example_09.invoice, {"amount": 3}), cancelled[:]]
    found["example 09, alone"] = [example_09.book(3), cancelled[:]]
    example_12.parse = lambda path: {"screws": 0, "nails": 4}
    history = PrefectHistory()
    with recorded_history(history):
        found["example 12"] = [attempt(example_12.stock_report, "stock.csv")]
        found["example 12"] += [text for _, text in history.flow_runs[0].logs if "missing" in text]

    history = PrefectHistory()
    with recorded_history(history):
        attempt(example_11.read_rain_gauge, "Laval")
        (run,) = history.flow_runs
        found["example 11"] = [run.name, run.states[-1]]

data = example_10.monday.schedules[0].schedule
found["example 10"] = {
    "zone": data.timezone,
    "computes": hasattr(data, "get_dates"),
    "same fields": sorted(data.model_dump()) == sorted(schedules.CronSchedule.model_fields),
    "server computes": hasattr(schedules.CronSchedule, "get_dates"),
    "parameters": example_10.monday.parameters,
}
plain = scored.to_deployment("plain", cron="0 3 * * *").schedules[0].schedule
anchor = scored.to_deployment("x", schedule=Interval(3600)).schedules[0].schedule.anchor_date
age = datetime.datetime.now(datetime.timezone.utc) - anchor
found["schedules"] = [plain.timezone, age < datetime.timedelta(minutes=5)]
limits = [set(inspect.signature(one).parameters) for one in (scored.to_deployment, scored.serve)]
found["limits"] = ["concurrency_limit" in limits[0], "global_limit" in limits[1]]
found["limit of a process"] = [
    "limit" in inspect.signature(serve).parameters,
    inspect.signature(serve).parameters["pause_on_shutdown"].default,
]
found["too many"] = ConcurrencyLimitConfig(limit=1).collision_strategy.value
found["serializer"] = get_current_settings().results.default_serializer
found["redirected"] = redirected()
found["blocks"] = blocks()
found["httpx"] = logged_by_httpx()
room.close()
Path("found.json").write_text(json.dumps(found))

"""The nightly flow, and the API that it asks: what both do in a run, its plan says."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextvars import ContextVar
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

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
PLAN: ContextVar[dict[str, Any]] = ContextVar("plan")


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

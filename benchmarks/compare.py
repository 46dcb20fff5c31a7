"""Print the comparison of the orchestrators: the quick reference's table, and what is measured.

    python -m benchmarks.compare [--runs N]

Each runs the churn pipeline of `reference/pipelines` by its own command, without a server of its
own but the one that it starts, on one MLflow store: once with an API that is busy at first, then
again. Airflow's is the run without Airflow: the same steps, in one process.
"""

from __future__ import annotations

import argparse
import ast
import http.server
import io
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import tokenize
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from dojo.ground.paths import find_root

TOOLS = ["prefect", "dagster", "airflow"]
HEADING = "| | Prefect | Dagster | Airflow |"
CAPTION = (
    "Bold is measured here: whole commands, in one run, each on a store of its own. Prefect's start"
    " a server for themselves, and make its database the first time; Airflow's run the same steps"
    " in one process without Airflow, so its scheduler and its database are not in these times."
)
OURS = ("AIRFLOW", "CHURN_", "DAGSTER_", "MLFLOW_", "PREFECT_")


class Measured(NamedTuple):
    """What one orchestrator needed.

    Attributes:
        lines: Lines of code that are orchestration: no comment, no docstring, no command line.
        start_s: Seconds until its file is loaded in a new process.
        first_s: Seconds of the whole command the first time: new store, API busy at first.
        again_s: Seconds of the next ones, the median.
        asked: How often the first command asked the API, which was busy once, for two loads.
        recorded: MLflow runs that it made a night.
    """

    lines: int
    start_s: float
    first_s: float
    again_s: float
    asked: int
    recorded: int


def code_lines(path: Path) -> int:
    """Count the lines that hold code, docstrings left out."""
    text = path.read_text(encoding="utf-8")
    words = {
        line
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type in (tokenize.NAME, tokenize.OP, tokenize.NUMBER, tokenize.STRING)
        for line in range(token.start[0], token.end[0] + 1)
    }
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            words -= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return len(words)


@contextmanager
def counted(url: str) -> Iterator[tuple[str, list[int]]]:
    """Stand before the customers' API: busy the first time, and counting who asks."""
    asked: list[int] = []

    class Door(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(1)
            status = 503 if len(asked) == 1 else 200
            body = b'{"error": "busy"}'
            if status == 200:
                with urllib.request.urlopen(url) as answer:
                    body = answer.read()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/customers", asked
    finally:
        server.shutdown()
        server.server_close()


def timed(command: list[str], folder: Path) -> float:
    """Run a command to its good end and return its seconds."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    started = time.perf_counter()
    subprocess.run(
        command,
        cwd=folder,
        env={**kept, "HOME": str(folder), "MLFLOW_DISABLE_TELEMETRY": "true"},
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - started


def measure(tool: str, pipelines: Path, url: str, runs: int) -> Measured:
    """Run one orchestrator's pipeline `runs` times and once more."""
    from mlflow import MlflowClient

    file = pipelines / f"{tool}_pipeline.py"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        load = f"import sys; sys.path.insert(0, {str(pipelines)!r}); import {file.stem}"
        timed([sys.executable, "-c", load], folder)  # files of the system's cache
        start_s = timed([sys.executable, "-c", load], folder)
        store = f"sqlite:///{folder / 'mlflow.db'}"
        command = [sys.executable, str(file), "--tracking-uri", store]
        with counted(url) as (busy, asked):
            first_s = timed([*command, "--data-url", busy], folder)
            asked_first = len(asked)
            again = [timed([*command, "--data-url", busy], folder) for _ in range(runs)]
        client = MlflowClient(store)
        experiment = client.get_experiment_by_name("churn")
        recorded = len(client.search_runs([experiment.experiment_id])) // (runs + 1)
    return Measured(
        code_lines(file), start_s, first_s, statistics.median(again), asked_first, recorded
    )


def page_rows(page: Path) -> list[list[str]]:
    """Read the comparison's rows from the quick reference."""
    table = page.read_text(encoding="utf-8").split(HEADING, 1)[1].split("\n\n", 1)[0]
    lines = [line.strip().strip("|") for line in table.strip().splitlines()[1:]]
    return [[cell.strip().replace("`", "") for cell in line.split("|")] for line in lines]


def measured_rows(measured: dict[str, Measured]) -> list[list[str]]:
    """Say what was measured, times beside the quickest."""

    def beside(name: str) -> list[str]:
        values = [float(getattr(measured[tool], name)) for tool in TOOLS]
        return [f"{value:.1f} s ({value / min(values):.1f} x)" for value in values]

    def counts(name: str) -> list[str]:
        return [str(getattr(measured[tool], name)) for tool in TOOLS]

    return [
        ["lines of orchestration", *counts("lines")],
        ["until the file is loaded", *beside("start_s")],
        ["first run, busy API", *beside("first_s")],
        ["next run", *beside("again_s")],
        ["API asked, busy once", *counts("asked")],
        ["MLflow runs a night", *counts("recorded")],
    ]


def main() -> None:
    """Measure the three and print one table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare", description=__doc__)
    parser.add_argument("--runs", type=int, default=1, help="runs after the first (default: 1)")
    options = parser.parse_args()
    root = find_root(Path.cwd())
    pipelines = root / "reference" / "pipelines"
    sys.path.insert(0, str(pipelines))
    from flaky_server import serving_customers

    with serving_customers(script=()) as url:
        measured = {tool: measure(tool, pipelines, url, options.runs) for tool in TOOLS}
    table = Table(show_lines=True, caption=CAPTION, caption_justify="left")
    for name in ("", "Prefect", "Dagster", "Airflow"):
        table.add_column(name, overflow="fold")
    for row in page_rows(root / "docs" / "quick_reference.md"):
        table.add_row(*row)
    for row in measured_rows(measured):
        table.add_row(*row, style="bold")
    Console().print(table)


if __name__ == "__main__":
    main()

"""The churn pipeline in Prefect: by one command, against real servers, and killed in the middle."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.proxies import DEAD_PROXIES

pytest.importorskip("mlflow")
pytest.importorskip("prefect")

PIPELINES = Path(__file__).resolve().parents[2] / "reference" / "pipelines"
COMMAND = [sys.executable, str(PIPELINES / "prefect_pipeline.py")]
CANDIDATES = {"contract", "calls", "numbers", "everything", "everything, with care"}


def run_command(*options: str, folder: Path) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", "MLFLOW_"))}
    return subprocess.run(
        [*COMMAND, *options],
        cwd=folder,
        env={**kept, **DEAD_PROXIES, "HOME": str(folder), "MLFLOW_DISABLE_TELEMETRY": "true"},
        capture_output=True,
        text=True,
        check=False,
    )


def scored(folder: Path) -> list[dict[str, str]]:
    with (folder / "predictions.csv").open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


# Bad input, all of it in one process

AWAY = "http://127.0.0.1:9"
REFUSED = {
    ("tomorrow",): (2, r"invalid choice: 'tomorrow'"),
    ("--min-auc", "70"): (2, r"--min-auc: invalid share from 0 to 1 value: '70'$"),
    ("--data-url", "customers.csv"): (2, r"'customers.csv' is no address: it begins with http://$"),
    ("--results", "what?"): (2, r"--results: '.*/what\?' has a '\?', where the address of a data"),
    ("--tracking-uri", "./mlruns"): (2, r"'./mlruns' is no store: http://localhost:5000 or sqlite"),
    ("--tracking-uri", AWAY): (
        3,
        rf"^error: no MLflow server answers at {AWAY} \(ConnectionError\): start it with"
        r" 'docker-compose up -d mlflow', or leave out --tracking-uri \(and its variable\)$",
    ),
    ("--api-url", AWAY): (
        3,
        rf"^error: no Prefect server answers at {AWAY}/api \(ConnectionError\): start it with"
        r" 'docker-compose up -d prefect', or leave out --api-url \(and its variable\)$",
    ),
}
REFUSE = """
import contextlib, io, json, sys
sys.path.insert(0, sys.argv[1])
import prefect_command
for arguments in json.loads(sys.argv[2]):
    with contextlib.redirect_stderr(io.StringIO()) as said, contextlib.redirect_stdout(None):
        try:
            code = prefect_command.main(None, None, [], arguments)
        except SystemExit as error:
            code = error.code
    print("SAID" + json.dumps([code, said.getvalue()]))
"""


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[int, str]]:
    folder = tmp_path_factory.mktemp("refused")
    done = subprocess.run(
        [sys.executable, "-c", REFUSE, str(PIPELINES), json.dumps([*REFUSED])],
        cwd=folder,
        env={**os.environ, "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line[4:] for line in done.stdout.splitlines() if line.startswith("SAID")]
    return [(code, said) for code, said in map(json.loads, lines)]


@pytest.mark.parametrize("which", range(len(REFUSED)), ids=[" ".join(one) for one in REFUSED])
def test_bad_input_gets_one_line_and_its_exit_code(which: int, refused: list[Any]) -> None:
    code, said = refused[which]
    expected, line = [*REFUSED.values()][which]

    assert code == expected, said
    assert re.search(line, said.splitlines()[-1])
    assert code == 2 or len(said.splitlines()) == 1


# One command


@pytest.fixture(scope="module")
def running_alone(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Path, list[Future[subprocess.CompletedProcess[str]]]]]:
    """Run the pipeline twice without options, while the servers of the other tests start."""
    folder = tmp_path_factory.mktemp("alone")
    with ThreadPoolExecutor(max_workers=1) as one_after_the_other:
        runs = [one_after_the_other.submit(run_command, folder=folder) for _ in range(2)]
        yield folder / "churn-results", runs


# Against real servers


class Servers:
    """What the two servers tell about runs, asked by HTTP."""

    def __init__(self, urls: dict[str, str]) -> None:
        self.mlflow, self.prefect = urls["mlflow"], urls["prefect"]
        self.options = ["--tracking-uri", self.mlflow, "--api-url", self.prefect]

    @staticmethod
    def ask(url: str, question: dict[str, Any] | None = None) -> Any:
        data = None if question is None else json.dumps(question).encode()
        request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def flow_runs(self) -> list[dict[str, Any]]:
        return list(self.ask(f"{self.prefect}/api/flow_runs/filter", {}))

    def task_runs(self) -> list[dict[str, Any]]:
        return list(self.ask(f"{self.prefect}/api/task_runs/filter", {}))

    def runs(self) -> list[dict[str, Any]]:
        api = f"{self.mlflow}/api/2.0/mlflow"
        experiment = self.ask(f"{api}/experiments/get-by-name?experiment_name=churn")
        ids = [experiment["experiment"]["experiment_id"]]
        found = self.ask(f"{api}/runs/search", {"experiment_ids": ids, "max_results": 1000})
        return [
            {
                **run["info"],
                **{
                    kind: {pair["key"]: pair["value"] for pair in run["data"].get(kind, [])}
                    for kind in ("params", "metrics", "tags")
                },
            }
            for run in found.get("runs", [])
        ]

    def versions(self) -> dict[int, dict[str, str]]:
        """Return the tags of each version."""
        found = self.ask(f"{self.mlflow}/api/2.0/mlflow/model-versions/search")
        return {
            int(one["version"]): {tag["key"]: tag["value"] for tag in one.get("tags", [])}
            for one in found.get("model_versions", [])
        }

    def champion(self) -> int | None:
        found = self.ask(f"{self.mlflow}/api/2.0/mlflow/registered-models/search")
        aliases = [
            alias for model in found["registered_models"] for alias in model.get("aliases", [])
        ]
        return int(aliases[0]["version"]) if aliases else None

    def loose_ends(self) -> dict[str, set[str]]:
        """Return what has not come to its end: the ids of pipeline runs that it belongs to."""
        return {
            "flow runs": {
                run["id"] for run in self.flow_runs() if run["state_type"] in ("RUNNING", "PENDING")
            },
            "MLflow runs": {
                run["tags"]["pipeline_run"] for run in self.runs() if run["status"] == "RUNNING"
            },
            "versions": {
                tags["pipeline_run"] for tags in self.versions().values() if "released" not in tags
            },
        }


@pytest.fixture(scope="module")
def servers(
    serve, running_alone: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Servers]:
    with serve(tmp_path_factory.mktemp("servers"), "mlflow", "prefect") as urls:
        yield Servers(urls)


# A process that has imported everything, and forks one that runs the pipeline for each line it
# reads: the arguments, and the function at which it dies. The kill is a patch in here, the pipeline
# knows nothing of it.
DRIVER = """
import importlib, os, signal, sys

sys.path.insert(0, sys.argv[1])
import flaky_server, mlflow.sklearn, prefect_command, prefect_pipeline
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
from sklearn import compose, linear_model, metrics, pipeline, preprocessing

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def run(place, arguments):
    if place:
        module, _, name = place.partition(":")
        *path, last = name.split(".")
        owner = importlib.import_module(module)
        for part in path:
            owner = getattr(owner, part)
        setattr(owner, last, die)
    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        return prefect_command.main(
            prefect_pipeline.training_pipeline, prefect_pipeline.inference_pipeline,
            prefect_pipeline.tags_of_this_process(), arguments,
        )

# MLflow looks through all installed packages when it first saves a model, and remembers.
mlflow.sklearn.save_model(linear_model.LogisticRegression(), "first", pip_requirements=[])
print("ready", flush=True)
for line in sys.stdin:
    place, *arguments = line.rstrip("\\n").split("\\t")
    child = os.fork()
    if not child:
        sys.stdout = sys.stderr
        code = run(place, arguments)
        sys.stderr.flush()
        os._exit(code)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Driver:
    """The driver at work on the servers."""

    def __init__(self, servers: Servers, folder: Path) -> None:
        self.servers, self.folder, self.log = servers, folder, folder / "driver.log"

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        with (
            self.log.open("w") as output,
            subprocess.Popen(
                [sys.executable, "-W", "ignore", "-c", DRIVER, str(PIPELINES)],
                cwd=self.folder,
                env={**os.environ, "PREFECT_HOME": str(self.folder)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
                text=True,
            ) as self.process,
        ):
            assert self.answer() == "ready"
            yield
            self.process.stdin.close()

    def said(self) -> str:
        return self.log.read_text()[-3000:]

    def answer(self) -> str:
        line = self.process.stdout.readline()
        assert line, self.said()
        return line.rstrip()

    def run(self, place: str, *arguments: str) -> int:
        """Run the pipeline, killed at a place or not at all; return how the process ended."""
        line = [place, *arguments, *self.servers.options, "--results", str(self.folder)]
        self.process.stdin.write("\t".join(line) + "\n")
        self.process.stdin.flush()
        return int(self.answer())


@pytest.fixture(scope="module")
def driver(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    driver = Driver(servers, tmp_path_factory.mktemp("driver"))
    with driver.running():
        yield driver


class Kill(NamedTuple):
    """Where it dies, what it was asked to do, and what that leaves behind."""

    place: str
    what: str
    leaves: set[str]
    while_it_puts_right: bool = False


KILLS = [
    Kill("churn_data:engineer_features", "both", {"flow runs"}),
    Kill("mlflow.sklearn:log_model", "both", {"flow runs", "MLflow runs"}),
    Kill("mlflow:MlflowClient.set_terminated", "both", {"flow runs", "MLflow runs"}, True),
    Kill("mlflow.sklearn:load_model", "both", {"flow runs", "versions"}),  # in the check
    Kill("mlflow:MlflowClient.delete_model_version", "both", {"flow runs", "versions"}, True),
    Kill("mlflow:MlflowClient.set_model_version_tag", "both", {"flow runs", "versions"}),
    Kill("os:replace", "inference", {"flow runs"}),
]


@pytest.fixture(scope="module")
def loose_ends(driver: Driver) -> list[dict[str, set[str]]]:
    """Kill the pipeline at one step after the other; return what each has left.

    Each start finds what the last one has left, so that one process a kill is enough.
    """
    left = []
    for kill in KILLS:
        assert driver.run(kill.place, kill.what) == -signal.SIGKILL, f"{kill}: {driver.said()}"
        left.append(driver.servers.loose_ends())
    return left


def test_kill_leaves_what_nobody_could_tidy_up(loose_ends: list[Any]) -> None:
    for kill, left in zip(KILLS, loose_ends, strict=True):
        assert {what for what, ids in left.items() if ids} >= kill.leaves, kill


def test_kill_leaves_no_half_written_predictions(driver: Driver, loose_ends: Any) -> None:
    assert (driver.folder / ".predictions.csv.part").exists()
    assert not (driver.folder / "predictions.csv").exists()


def test_next_start_puts_right_what_the_kill_left(loose_ends: list[Any]) -> None:
    for kill, before, next_kill, after in zip(
        KILLS, loose_ends, KILLS[1:], loose_ends[1:], strict=False
    ):
        for what in before if not next_kill.while_it_puts_right else ["flow runs"]:
            assert not before[what] & after[what], f"{what} of {kill} after {next_kill}"


@pytest.mark.parametrize(
    ("option", "share", "code"),
    [("--min-auc", "0.99", 4), ("--at-most", "0", 1)],
    ids=["gate", "check"],
)
def test_what_is_not_good_enough_leaves_the_registry_as_it_was(
    option: str, share: str, code: int, driver: Driver, loose_ends: Any
) -> None:
    servers = driver.servers
    before = servers.versions(), servers.champion()

    assert driver.run("", "train", option, share) == code, driver.said()
    assert (servers.versions(), servers.champion()) == before


@pytest.fixture(scope="module")
def nights(
    servers: Servers, loose_ends: Any, tmp_path_factory: pytest.TempPathFactory
) -> list[dict[str, Any]]:
    """Run the pipeline twice by its own command, after all those kills."""
    folder = tmp_path_factory.mktemp("nights")
    seen = []
    for _ in range(2):
        before = servers.champion(), set(servers.versions()), {r["id"] for r in servers.flow_runs()}
        done = run_command(*servers.options, "--results", "here", folder=folder)
        assert done.returncode == 0, done.stderr[-3000:]
        seen.append(
            {
                "before": before[0],
                "champion": servers.champion(),
                "versions": set(servers.versions()) - before[1],
                "flow runs": [r for r in servers.flow_runs() if r["id"] not in before[2]],
                "predictions": scored(folder / "here"),
            }
        )
    return seen


def test_nothing_is_left_after_all(servers: Servers, nights: list[dict[str, Any]]) -> None:
    assert servers.loose_ends() == {"flow runs": set(), "MLflow runs": set(), "versions": set()}
    going_on = ("RUNNING", "PENDING")
    assert [run for run in servers.task_runs() if run["state_type"] in going_on] == []
    assert servers.champion() in servers.versions()


def test_champion_that_was_not_marked_stays_champion(nights: list[dict[str, Any]]) -> None:
    # Killed after the alias had moved: the next start completes it instead of taking it back.
    assert nights[0]["before"] is not None
    assert [night["champion"] for night in nights] == [nights[0]["before"]] * 2


def test_each_night_releases_a_version(nights: list[dict[str, Any]]) -> None:
    assert [len(night["versions"]) for night in nights] == [1, 1]
    for night in nights:
        assert {row["model_version"] for row in night["predictions"]} == {str(night["champion"])}


def test_flow_runs_and_children_are_completed(nights: list[dict[str, Any]]) -> None:
    for night in nights:
        assert len(night["flow runs"]) == 5
        assert {run["state_name"] for run in night["flow runs"]} == {"Completed"}


def test_features_come_from_the_cache_the_second_time(
    servers: Servers, nights: list[dict[str, Any]]
) -> None:
    states = []
    for night in nights:
        ids = {run["id"] for run in night["flow runs"]}
        made = [
            run
            for run in servers.task_runs()
            if run["flow_run_id"] in ids and run["name"].startswith("engineer_features")
        ]
        made.sort(key=lambda run: run["start_time"])
        states.append([run["state_name"] for run in made])

    assert states == [["Completed", "Cached"], ["Cached", "Cached"]]


def test_candidates_are_children_of_one_run(servers: Servers, nights: list[dict[str, Any]]) -> None:
    runs = servers.runs()
    (parent, *_) = [run for run in runs if run["run_name"] == "comparison by prefect"]
    children = [r for r in runs if r["tags"].get("mlflow.parentRunId") == parent["run_id"]]

    assert {run["run_name"] for run in children} == CANDIDATES
    assert {run["status"] for run in [parent, *children]} == {"FINISHED"}
    assert {run["params"]["orchestrator"] for run in [parent, *children]} == {"prefect"}
    assert parent["params"]["winner"] == "everything"
    assert parent["metrics"]["val_auc"] == max(run["metrics"]["val_auc"] for run in children)
    assert parent["tags"]["pipeline_run"] in {run["id"] for run in nights[1]["flow runs"]}


@pytest.fixture(scope="module")
def alone(running_alone: Any) -> tuple[Path, list[str]]:
    results, runs = running_alone
    for run in runs:
        assert run.result().returncode == 0, run.result().stderr[-3000:]
    return results, [run.result().stdout for run in runs]


def test_one_command_trains_releases_and_scores(alone: tuple[Path, list[str]]) -> None:
    results, (first, _) = alone

    assert f"results    {results}\n" in first
    assert "version 1 released; the champion is version 1\n" in first
    assert first.endswith("inference  version 1 scored 400 customers\n")


def test_second_time_champion_stays_and_scores_again(alone: tuple[Path, list[str]]) -> None:
    results, (_, second) = alone

    assert "version 2 released; the champion stays version 1\n" in second
    rows = scored(results)
    assert len(rows) == 400
    assert {row["model_version"] for row in rows} == {"1"}
    assert all(0 < float(row["churn_probability"]) < 1 for row in rows)

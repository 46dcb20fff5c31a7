"""The churn pipeline in Prefect: by one command, against real servers, and killed in the middle."""

from __future__ import annotations

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
from typing import Any

import pytest

pytest.importorskip("mlflow")
pytest.importorskip("prefect")

PIPELINES = Path(__file__).resolve().parent.parent / "reference" / "pipelines"
COMMAND = [sys.executable, str(PIPELINES / "prefect_pipeline.py")]
CANDIDATES = {"contract", "calls", "numbers", "everything", "everything, with care"}


def run_command(*options: str, folder: Path) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", "MLFLOW_"))}
    return subprocess.run(
        [*COMMAND, *options],
        cwd=folder,
        env={**kept, "HOME": str(folder), "MLFLOW_DISABLE_TELEMETRY": "true"},
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


# A process that has imported everything, and forks one that dies for each line it reads: the name
# of a function, and the arguments of the pipeline. The kill is a patch, the pipeline knows nothing.
DRIVER = """
import importlib, logging, os, signal, sys

sys.path.insert(0, sys.argv[1])
import churn_job, flaky_server, mlflow.sklearn, prefect_command, prefect_pipeline
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
from sklearn import compose, linear_model, pipeline, preprocessing

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def killed_at(place, arguments):
    module, _, name = place.partition(":")
    owner = importlib.import_module(module)
    *path, last = name.split(".")
    for part in path:
        owner = getattr(owner, part)
    setattr(owner, last, die)
    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        prefect_command.main(
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
        killed_at(place, arguments)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""

# Where it dies, what the pipeline does there, and what that leaves behind.
KILLS = [
    ("churn_data:engineer_features", "both", {"flow runs"}),
    ("mlflow.sklearn:log_model", "both", {"flow runs", "MLflow runs"}),
    ("mlflow:MlflowClient.set_terminated", "both", {"flow runs", "MLflow runs"}),  # in the sweep
    ("mlflow.sklearn:load_model", "both", {"flow runs", "versions"}),  # in the check
    ("mlflow:MlflowClient.delete_model_version", "both", {"flow runs", "versions"}),  # in the sweep
    ("mlflow:MlflowClient.set_model_version_tag", "both", {"flow runs", "versions"}),
    ("os:replace", "inference", {"flow runs"}),
]


@pytest.fixture(scope="module")
def killed(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[int, Any]]:
    """Kill the pipeline at one step after the other; each start finds what the last one left.

    Returns:
        For each of KILLS how the process ended, the loose ends afterwards, what was logged, and
        the folder of the results.
    """
    folder = tmp_path_factory.mktemp("killed")
    log = folder / "driver.log"
    seen = []
    with (
        log.open("w") as output,
        subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", DRIVER, str(PIPELINES)],
            cwd=folder,
            env={**os.environ, "PREFECT_HOME": str(folder), "MLFLOW_DISABLE_TELEMETRY": "true"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            text=True,
        ) as driver,
    ):
        assert driver.stdin
        assert driver.stdout
        assert driver.stdout.readline() == "ready\n", log.read_text()[-3000:]
        for place, what, _ in KILLS:
            line = [place, what, *servers.options, "--results", str(folder)]
            driver.stdin.write("\t".join(line) + "\n")
            driver.stdin.flush()
            ended = driver.stdout.readline()
            assert ended, log.read_text()[-3000:]
            said = log.read_text()[-3000:]
            seen.append((int(ended), servers.loose_ends(), said, folder))
        driver.stdin.close()
    return seen


def test_kill_leaves_what_nobody_could_tidy_up(killed: list[Any]) -> None:
    for (place, _, left), (ended, loose, said, _) in zip(KILLS, killed, strict=True):
        assert ended == -signal.SIGKILL, f"{place}: {said}"
        assert {what for what, ids in loose.items() if ids} >= left, place


def test_kill_leaves_no_half_written_predictions(killed: list[Any]) -> None:
    *_, folder = killed[-1]

    assert (folder / ".predictions.csv.part").exists()
    assert not (folder / "predictions.csv").exists()


def test_next_start_puts_right_what_the_kill_left(killed: list[Any]) -> None:
    for (before, _, _), (_, old, _, _), (after, _, _), (_, new, said, _) in zip(
        KILLS, killed, KILLS[1:], killed[1:], strict=False
    ):
        # One that is killed while it puts right leaves that to the next.
        if "MlflowClient.set_t" not in after and "delete" not in after:
            for what in old:
                assert not old[what] & new[what], f"{what} of {before} after {after}: {said}"


@pytest.fixture(scope="module")
def nights(
    servers: Servers, killed: Any, tmp_path_factory: pytest.TempPathFactory
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


def test_champion_that_was_not_marked_stays_champion(
    killed: Any, nights: list[dict[str, Any]]
) -> None:
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

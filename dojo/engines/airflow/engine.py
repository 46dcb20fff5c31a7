"""Run DAGs on a real Airflow of their own: isolated home, migrated database, no server.

`dag.test()` needs the DAG in a file of the DAGs folder and a metadata database, and Airflow reads
its configuration when it is imported: so this is a process of its own. That takes it ten seconds,
a further DAG one or two.
"""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from dojo.engines.protocol import Engine
from dojo.engines.templates import EngineError, copy_template, template
from dojo.ground.run_folder import forget_proxies

_TIMEOUT_S = 300
_REPORT = """

if __name__ == "__main__":  # Airflow reads this file again, as a module
    import json
    import os

    from airflow.sdk import DAG

    report = {}
    for dag in [one for one in list(globals().values()) if isinstance(one, DAG)]:
        done = dag.test()
        runs = {}
        for one in done.get_task_instances():
            value = one.xcom_pull(task_ids=one.task_id)
            if one.map_index >= 0:  # of a mapped task: those of all its runs
                value = list(value)
            runs[one.task_id] = {"state": one.state, "tries": one.try_number, "xcom": value}
        ended = {"run_id": done.run_id, "state": done.state.value, "tasks": runs}
        report[dag.dag_id] = ended
    with open(os.environ["DOJO_REPORT"], "w", encoding="utf-8") as file:
        json.dump(report, file)
"""


@dataclasses.dataclass(frozen=True)
class TaskRun:
    """How one task of a DAG run ended.

    Attributes:
        state: Airflow's word: `success`, `failed`, `upstream_failed`, `skipped`.
        tries: How often it was started.
        xcom: The return value as the metadata database keeps it: JSON.
    """

    state: str
    tries: int
    xcom: Any


@dataclasses.dataclass(frozen=True)
class DagRun:
    """How one run of a DAG ended: its own state, and that of each task by name."""

    run_id: str
    state: str
    tasks: dict[str, TaskRun]

    @property
    def states(self) -> dict[str, str]:
        """Return the state of each task."""
        return {name: run.state for name, run in self.tasks.items()}


def run_dags(
    source: str,
    home: Path,
    say: Callable[[str], None] = lambda _: None,
    environment: Mapping[str, str] | None = None,
) -> dict[str, DagRun]:
    """Run DAGs to their ends with `dag.test()`, one after another, in a process of their own.

    Args:
        source: Python text that leaves DAGs in variables of any name. Airflow imports it as a file
            of the DAGs folder: it must do nothing else.
        home: A folder for Airflow's home; made when there is none. A second call with the same home
            keeps the history of the first.
        say: Is told, in one line, why something takes a while.
        environment: More variables for the process.

    Returns:
        What happened, by the DAG's id. A task that fails is no error here.

    Raises:
        EngineError: There was no run: Airflow is not installed, or the text leaves no DAG.
    """
    folder = home / "dags"
    folder.mkdir(parents=True, exist_ok=True)
    database = home / "airflow.db"
    if not database.exists():
        copy_template(migrated_database(say), database)
    file, report = folder / "dags_under_test.py", home / "report.json"
    file.write_text(source + _REPORT, encoding="utf-8")
    report.unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, str(file)],
        cwd=home,
        env={**_settings(home), "DOJO_REPORT": str(report), **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_TIMEOUT_S,
        check=False,
    )
    (home / "log.txt").write_text(done.stdout, encoding="utf-8")
    told = json.loads(report.read_text(encoding="utf-8")) if report.exists() else {}
    if done.returncode or not told:
        last = " ".join(done.stdout.strip().splitlines()[-1:]) or "the text leaves none"
        raise EngineError(f"Airflow ran no DAG: {last}; all it said is in {home / 'log.txt'}")
    return {
        name: DagRun(
            run["run_id"],
            run["state"],
            {task: TaskRun(**ended) for task, ended in run["tasks"].items()},
        )
        for name, run in told.items()
    }


def migrated_database(say: Callable[[str], None]) -> Path:
    """Return an empty, migrated metadata database to copy; see `templates.template`."""
    return template(f"airflow-{version('apache-airflow')}", _migrate, say)


def _settings(home: Path) -> dict[str, str]:
    """Return the process's environment without the learner's own Airflow."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("AIRFLOW")}
    forget_proxies(kept)
    return {
        **kept,
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(home / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "HOME": str(home),
        "PYTHONWARNINGS": "ignore",
    }


def _migrate(path: Path) -> None:
    home = path.parent
    done = subprocess.run(
        [sys.executable, "-m", "airflow", "db", "migrate"],
        cwd=home,
        env={**_settings(home), "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{path}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or not path.exists():
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise EngineError(
            f"Airflow cannot migrate an empty database: {' '.join(last)};"
            " install it as requirements-airflow.txt says, in an environment of its own"
        )


# Its runs are processes of their own, which `run_dags` starts: nothing runs beside a test.
ENGINE = Engine(
    title="Airflow", packages=("apache-airflow",), frames=("airflow",), hands_on_files=True
)

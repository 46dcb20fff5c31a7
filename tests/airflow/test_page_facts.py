"""What the pages of katas 01 to 15 say of Airflow, on a real one: `tox -e airflow-dags` runs it."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

import pytest

from dojo.engines.airflow.engine import DagRun, run_dags

HEAD = """
from datetime import datetime, timedelta
from types import SimpleNamespace

import pendulum
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import CronTriggerTimetable, Param, asset, dag, task, task_group
from airflow.sdk.exceptions import AirflowFailException

did = []
"""
DAGS = {
    # 01: what is called in the function of a DAG draws the graph
    "drawn": (
        "",
        """
        @task
        def step():
            did.append("step")
            return 1

        drawn_values.append(type(step()).__name__)
        """,
    ),
    # 02: hopeless
    "hopeless": (
        'default_args={"retries": 3, "retry_delay": timedelta(0)}',
        """
        @task
        def asks():
            raise AirflowFailException("no token")

        asks()
        """,
    ),
    # 04: a candidate fails
    "fan": (
        "",
        """
        @task(max_active_tis_per_dagrun=2)
        def train_one(name):
            if name == "b":
                raise ValueError
            return {"name": name}

        @task(trigger_rule="all_done")
        def pick(results):
            return sorted(one["name"] for one in results)

        pick(train_one.expand(name=["a", "b", "c"]))
        """,
    ),
    # 05: a parameter
    "params": (
        'params={"n_estimators": Param(100, type="integer", minimum=1, maximum=1000)}',
        """
        @task
        def reads(params):
            return params["n_estimators"]

        reads()
        """,
    ),
    # 06: a group of tasks, used twice
    "groups": (
        "",
        """
        @task_group
        def prepare(path):
            @task
            def load(path):
                return path

            return load(path)

        prepare("a"), prepare("b")
        """,
    ),
    # 08: what follows is skipped
    "gate": (
        "",
        """
        @task.short_circuit
        def is_good():
            return False

        @task
        def promote(): ...

        is_good() >> promote()
        """,
    ),
    # 09: what cleans up
    "taken_back": (
        "",
        """
        @task
        def check():
            raise ValueError

        @task(trigger_rule="one_failed")
        def take_back():
            return "gone"

        check() >> take_back()
        """,
    ),
    # 10, 11 and 15: a clock, a callback
    "nightly": (
        'schedule=CronTriggerTimetable("30 3 * * *", timezone="Europe/Paris"), max_active_runs=1,'
        " catchup=False, on_failure_callback=print, start_date=datetime(2026, 1, 1)",
        """
        @task
        def nothing(): ...

        nothing()
        """,
    ),
    "cron": (
        'schedule="0 3 * * *", start_date=pendulum.datetime(2026, 1, 1, tz="Europe/Paris")',
        """
        @task
        def nothing(): ...

        nothing()
        """,
    ),
}
TOLD = """
@asset(schedule=None)
def raw_customers(): ...


@asset(schedule=[raw_customers])
def customer_features(): ...


if __name__ == "__main__":
    import contextlib
    import io
    import json
    import pathlib

    from airflow.cli.cli_parser import get_parser
    from airflow.models.taskinstance import TaskInstance

    def wait(number):
        trained = SimpleNamespace(
            retry_delay=timedelta(seconds=10),
            retry_exponential_backoff=2.0,
            max_retry_delay=None,
        )
        end = pendulum.datetime(2026, 1, 1)
        asked = SimpleNamespace(
            task=trained,
            try_number=number,
            end_date=end,
            dag_id="d",
            task_id=f"t{number}",
            logical_date=None,
            retry_delay_override=None,
        )
        return (TaskInstance.next_retry_datetime(asked) - end).total_seconds()

    def refused(value):
        try:
            dag_params.params.get_param("n_estimators").resolve(value)
        except Exception as error:
            return type(error).__name__

    def parsed(command):
        with contextlib.redirect_stderr(io.StringIO()):
            try:
                return sorted(vars(get_parser().parse_args(command.split())))
            except SystemExit:
                return None

    commands = [
        "tasks clear --only-failed --yes nightly",
        "backfill create --dag-id scoring --from-date 2026-03-01 --to-date 2026-03-31",
        "tasks clear --only-what nightly",
    ]
    nothing = dag_nightly.get_task("nothing")
    timed = [dag_nightly, dag_cron]
    told = {
        "drawn": drawn_values,
        "did": did,
        "waits": [wait(number) for number in (1, 2, 3)],
        "refused": [refused(value) for value in (0, 1001, "many", 1000)],
        "zones": [repr(getattr(one.timetable, "timezone", one.timetable)) for one in timed],
        "callbacks": [bool(one.on_failure_callback) for one in (dag_nightly, nothing)],
        "commands": [bool(parsed(command)) for command in commands],
        "waits for it": TriggerDagRunOperator(
            task_id="prepare", trigger_dag_id="data_preparation", wait_for_completion=True
        ).wait_for_completion,
    }
    pathlib.Path("told.json").write_text(json.dumps(told))
"""


def source() -> str:
    """Return a file with all of these DAGs."""
    text = [HEAD, "drawn_values = []\n"]
    for name, (options, body) in DAGS.items():
        inner = textwrap.indent(textwrap.dedent(body).strip(), "    ")
        text.append(
            f"@dag({name!r}, {options})\ndef {name}():\n{inner}\n\n\ndag_{name} = {name}()\n"
        )
    return "\n".join([*text, TOLD])


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("airflow")


@pytest.fixture(scope="module")
def runs(home: Path) -> dict[str, DagRun]:
    return run_dags(source(), home)


@pytest.fixture(scope="module")
def told(runs: dict[str, DagRun], home: Path) -> dict[str, Any]:
    return dict(json.loads((home / "told.json").read_text()))


def test_calls_in_a_dag_draw_the_graph(told: dict[str, Any]) -> None:
    assert (told["drawn"], told["did"]) == (["PlainXComArg"], [])


def test_backoff_of_2_waits_between_a_delay_and_twice_that(told: dict[str, Any]) -> None:
    first, second, third = told["waits"]
    assert 10 <= first < 20 <= second < 40 <= third < 80


def test_hopeless_task_is_not_tried_again(runs: dict[str, DagRun]) -> None:
    assert (runs["hopeless"].state, runs["hopeless"].tasks["asks"].tries) == ("failed", 1)


def test_results_are_picked_where_a_candidate_has_failed(runs: dict[str, DagRun]) -> None:
    assert runs["fan"].tasks["pick"].xcom == ["a", "c"]


def test_parameter_is_checked_by_its_schema(told: dict[str, Any], runs: dict[str, DagRun]) -> None:
    assert runs["params"].tasks["reads"].xcom == 100
    assert told["refused"] == [*["ParamValidationError"] * 3, None]


def test_group_is_used_twice_and_a_dag_waited_for(
    told: dict[str, Any], runs: dict[str, DagRun]
) -> None:
    assert sorted(run.xcom for run in runs["groups"].tasks.values()) == ["a", "b"]
    assert told["waits for it"] is True


def test_short_circuit_skips_and_stays_green(runs: dict[str, DagRun]) -> None:
    assert runs["gate"].states == {"is_good": "success", "promote": "skipped"}
    assert runs["gate"].state == "success"


def test_last_task_that_cleans_up_makes_the_run_green(runs: dict[str, DagRun]) -> None:
    assert runs["taken_back"].states == {"check": "failed", "take_back": "success"}
    assert runs["taken_back"].state == "success"


def test_zone_is_the_timetables_or_the_start_dates(told: dict[str, Any]) -> None:
    assert ["Europe/Paris" in one for one in told["zones"]] == [True, True]


def test_callback_of_a_dag_is_not_that_of_its_tasks(told: dict[str, Any]) -> None:
    assert told["callbacks"] == [True, False]


def test_commands_are_understood(told: dict[str, Any]) -> None:
    assert told["commands"] == [True, True, False]

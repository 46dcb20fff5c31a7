"""What lesson 16 says of Airflow, shown on a real one: `tox -e airflow-dags` runs it."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

import pytest

from dojo.engines.airflow.engine import DagRun, run_dags
from dojo.engines.templates import EngineError

BIG = 200_000

VALUES = """
@task
def text_of_200_kb():
    return "x" * 200_000

@task
def length_received(text):
    return len(text)

@task
def integer_keys():
    return {1017: 0.9}

@task
def integer_keys_received(value):
    return sorted(type(key).__name__ for key in value)

@task
def numpy_number():
    import numpy
    return numpy.int64(7)

@task
def numpy_number_received(value):
    return type(value).__name__

@task
def frame():
    import pandas
    return pandas.DataFrame({"customer_id": [1017]})

@task
def frame_received(value):
    return [type(value).__name__, len(value)]

@task
def not_a_number():
    return float("nan")

@task
def array():
    import numpy
    return numpy.zeros(3)

@task
def path():
    from pathlib import Path
    return Path("/data")

length_received(text_of_200_kb())
integer_keys_received(integer_keys())
numpy_number_received(numpy_number())
frame_received(frame())
not_a_number(), array(), path()
"""

ENDS = """
@task
def work():
    raise RuntimeError("killed")

@task{rule}
def clean_up():
    return "cleaned"

work() >> clean_up(){teardown}
"""

NOTHING = """
@task
def nothing():
    return 0

nothing()
"""


def dag_of(name: str, body: str) -> str:
    lines = [f"@dag({name!r})", "def facts():", textwrap.indent(body.strip(), "    ")]
    return "\n".join([*lines, "", f"dag_{name} = facts()", ""])


DAGS = "from airflow.sdk import DAG, dag, task\n" + "".join(
    [
        dag_of("values", VALUES),
        dag_of("plain", ENDS.format(rule="", teardown="")),
        dag_of("all_done", ENDS.format(rule='(trigger_rule="all_done")', teardown="")),
        dag_of("teardown", ENDS.format(rule="", teardown=".as_teardown()")),
        dag_of("nothing", NOTHING),
    ]
)
TOLD = """
nothing = dag_nothing.get_task("nothing")
try:
    DAG("old", schedule_interval="@daily")
    refused = ""
except TypeError as error:
    refused = str(error)
try:
    import airflow.operators.python as moved
    moved.PythonOperator
    where = moved.PythonOperator.__module__
except ImportError as error:
    where = str(error)
if __name__ == "__main__":
    import pathlib
    told = [nothing.retries, nothing.retry_delay.total_seconds(), dag_nothing.catchup]
    pathlib.Path("told.json").write_text(__import__("json").dumps([told, refused, where]))
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("airflow")


@pytest.fixture(scope="module")
def runs(home: Path) -> dict[str, DagRun]:
    return run_dags(DAGS + TOLD, home)


@pytest.fixture(scope="module")
def values(runs: dict[str, DagRun]) -> DagRun:
    return runs["values"]


def test_xcom_takes_200_kb_and_more_than_48(values: DagRun) -> None:
    assert values.tasks["length_received"].xcom == BIG
    assert len(values.tasks["text_of_200_kb"].xcom) == BIG > 48 * 1024


def test_integer_keys_come_back_as_text(values: DagRun) -> None:
    assert values.tasks["integer_keys"].xcom == {"1017": 0.9}
    assert values.tasks["integer_keys_received"].xcom == ["str"]


def test_numpy_integer_survives_in_an_envelope(values: DagRun) -> None:
    assert values.tasks["numpy_number_received"].xcom == "int64"
    assert values.tasks["numpy_number"].xcom["__classname__"] == "numpy.int64"


def test_frame_passes_where_pyarrow_is_installed(values: DagRun) -> None:
    assert values.tasks["frame_received"].xcom == ["DataFrame", 1]
    assert values.tasks["frame"].xcom["__classname__"] == "pandas.DataFrame"


@pytest.mark.parametrize("name", ["not_a_number", "array", "path"])
def test_what_json_lacks_fails_the_task_after_its_work(values: DagRun, name: str) -> None:
    assert values.tasks[name].state == "failed"


def test_failed_run_is_a_state_and_no_exception(values: DagRun, home: Path) -> None:
    assert values.state == "failed"
    log = (home / "log.txt").read_text(encoding="utf-8")
    assert "Out of range float values are not JSON compliant" in log


@pytest.mark.parametrize(
    ("name", "cleaned", "ended"),
    [
        ("plain", "upstream_failed", "failed"),
        ("all_done", "success", "success"),
        ("teardown", "success", "failed"),
    ],
)
def test_only_a_teardown_cleans_up_and_hides_nothing(
    name: str, cleaned: str, ended: str, runs: dict[str, DagRun]
) -> None:
    assert runs[name].states == {"work": "failed", "clean_up": cleaned}
    assert runs[name].state == ended


def test_defaults_are_no_retry_five_minutes_and_no_catching_up(
    runs: dict[str, DagRun], home: Path
) -> None:
    assert json.loads((home / "told.json").read_text())[0] == [0, 300, False]


def test_words_of_airflow_2_are_refused(runs: dict[str, DagRun], home: Path) -> None:
    _, refused, where = json.loads((home / "told.json").read_text())
    assert "schedule_interval" in refused
    assert where.startswith("airflow.providers.standard")


def test_text_without_a_dag_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"^Airflow ran no DAG: NameError: .*'nothing'"):
        run_dags("nothing", tmp_path)

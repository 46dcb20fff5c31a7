"""The real Prefect harness: quick, shared by workers, away from the learner's own, and gone."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from dojo.engines.prefect.savings import savings
from dojo.ground.paths import cache_dir
from tests.made_up_katas import write_kata
from tests.processes import eventually, processes_with

pytest_plugins = ["pytester"]
pytest.importorskip("prefect")

TESTS = """
def test_one(solution, prefect_history):
    assert solution.pipeline(1) == 2, "1 becomes 2"
    (run,) = prefect_history.flow_runs
    assert run.states[-1] == "Completed", run.states
    assert [task.function for task in run.task_runs] == ["add"]


def test_two(solution):
    assert solution.where() == "nowhere", solution.where()
"""
SOLUTION = """
from prefect import flow, task
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL

@task
def add(value):
    return value + 1

@flow
def pipeline(value):
    return add(value)

def where():
    with get_client(sync_client=True) as client:
        client.read_server_default_result_storage()  # raises if the server is not well
    return PREFECT_API_URL.value()
"""


@pytest.fixture
def checkout(pytester: pytest.Pytester) -> pytest.Pytester:
    """A checkout with one kata that needs Prefect."""
    pytester.makeconftest('pytest_plugins = ["dojo.running.entry"]')
    pytester.makeini(
        "[pytest]\naddopts = --import-mode=importlib -p no:cacheprovider\nfilterwarnings = error\n"
    )
    write_kata(pytester.path, SOLUTION, TESTS, "test_one", "test_two", needs='"prefect"')
    return pytester


def run(checkout: pytest.Pytester, *args: str) -> dict[str, dict]:
    """Run and return one record a test, by its name."""
    file = checkout.path / "verdict.jsonl"
    checkout.runpytest_subprocess("katas/01_demo", f"--verdict-file={file}", *args)
    (line,) = file.read_text(encoding="utf-8").splitlines()
    return {test["test"]: test for test in json.loads(line)["tests"]}


@pytest.mark.slow
@pytest.mark.parametrize("fork", ["", "1"], ids=["forked", "spawned"])
def test_own_server_and_home_stay_untouched(
    checkout: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fork: str
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("DOJO_CACHE", str(cache_dir()))
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    monkeypatch.setenv("DOJO_NO_FORK", fork)

    tests = run(checkout)

    assert tests["test_one"]["message"] == ""
    assert tests["test_two"]["message"].startswith("http://127.0.0.1:")
    assert ":9/api" not in tests["test_two"]["message"]
    assert list(home.iterdir()) == []


@pytest.mark.slow
def test_workers_of_xdist_share_one_server(checkout: pytest.Pytester) -> None:
    text = "".join(
        f"\n\ndef test_{name}(solution):\n    raise AssertionError(solution.where())\n"
        for name in ("one", "two")
    )
    (checkout.path / "katas/01_demo/test_demo.py").write_text(text, encoding="utf-8")

    tests = run(checkout, "-n", "2", "--dist", "each")

    servers = {test["message"] for test in tests.values()}
    assert len(servers) == 1
    assert servers.pop().startswith("http://127.0.0.1:")


@pytest.mark.slow
def test_unusable_cache_is_one_line_with_its_cure(
    checkout: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("DOJO_CACHE", str(tmp_path / "file"))

    result = checkout.runpytest_subprocess("katas/01_demo")

    assert result.ret == 3
    result.stdout.fnmatch_lines(["*the cache * cannot be used: *DOJO_CACHE*"])


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_killed_pytest_leaves_no_server(checkout: pytest.Pytester, tmp_path: Path) -> None:
    (checkout.path / "katas/01_demo/demo.py").write_text(
        f"{SOLUTION}\n\ndef pipeline(value):\n    while True: pass\n", encoding="utf-8"
    )
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", "katas/01_demo"],
        env={**os.environ, "TMPDIR": str(temporary), "DOJO_MARK": tmp_path.name},
        cwd=checkout.path,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert eventually(lambda: list(temporary.glob("dojo-*/logs/stack-*")) != [])
    assert len(processes_with(f"DOJO_MARK={tmp_path.name}")) >= 4, "pytest, janitor, server, child"

    process.kill()
    process.wait()

    assert eventually(lambda: processes_with(f"DOJO_MARK={tmp_path.name}") == [])
    assert eventually(lambda: list(temporary.iterdir()) == [])


def test_schema_of_parameters_is_made_once_and_never_of_another_flow() -> None:
    from prefect import Flow
    from prefect.utilities import callables
    from pydantic import create_model

    def loaded(trees: int, kind: type) -> Any:
        namespace: dict[str, Any] = {"__name__": "loaded", "TREES": trees, "Kind": kind}
        exec("def train(trees: Kind = TREES):\n    pass\n", namespace)
        return Flow(namespace["train"]).parameters

    def made(name: str) -> Any:
        kind = create_model("Config", **{name: (int, ...)})

        def train(config: kind) -> None:
            pass

        return Flow(train).parameters

    def all_of_them() -> list[Any]:
        return [loaded(1, int), loaded(2, int), loaded(1, str), made("depth"), made("trees")]

    plain = all_of_them()
    generate = mock.Mock(side_effect=callables.generate_parameter_schema)
    with savings(), mock.patch.object(callables, "generate_parameter_schema", generate):
        spared = all_of_them()
        assert generate.call_count == 5
        loaded(1, int).properties.clear()
        again = loaded(1, int)

    assert spared == plain
    assert again == plain[0]
    assert generate.call_count == 5


def test_server_is_asked_once_for_each_flow() -> None:
    from prefect.client.orchestration.base import BaseClient

    real = mock.Mock(side_effect=lambda *_, **more: more["json"]["name"] if more else None)

    def ask(name: str) -> Any:
        request: Any = BaseClient.request
        return request("client", "POST", "/flows/", json={"name": name})

    with mock.patch.object(BaseClient, "request", real), savings():
        assert [ask(name) for name in ("a", "b", "a", "b")] == ["a", "b", "a", "b"]
        assert real.call_count == 2
        BaseClient.request("client", "DELETE", "/flows/{id}")  # type: ignore[arg-type]
        assert ask("a") == "a"
        assert real.call_count == 4


def test_clients_share_one_tls_context() -> None:
    from prefect.client import orchestration

    with savings():
        made: Any = orchestration
        assert made.ssl.create_default_context() is made.ssl.create_default_context()
        assert made.ssl.CERT_NONE is ssl.CERT_NONE
    assert made.ssl is ssl

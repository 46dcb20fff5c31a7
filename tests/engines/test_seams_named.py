"""What `dojo` uses of libraries without their promise is all named by a table."""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import dojo.laws.state.engines
import dojo.running.seams
from dojo.engines import ENGINES
from dojo.ground.libraries.seam import Seam
from dojo.ground.paths import PACKAGE_ROOT
from dojo.world.clock import RetryClock, free_waits
from dojo.world.seams import libraries

SEAMS: list[Seam] = [
    *(seam for engine in ENGINES.values() for seam in engine.seams),
    *(*dojo.laws.state.engines.SEAMS, *dojo.running.seams.SEAMS, *libraries.SEAMS),
]


LIBRARIES = (
    *("_pytest", "airflow", "anyio", "backoff", "dagster", "dagster_shared", "httpcore", "httpx"),
    *("joblib", "mlflow", "pandas", "pendulum", "prefect", "pytest", "requests", "responses"),
    *("sklearn", "sqlalchemy", "starlette", "urllib3", "uvicorn", "xgboost"),
)
FILES = sorted((PACKAGE_ROOT / "dojo").rglob("*.py"))
# Python's own, which have no other name.
OF_PYTHON = {"os._exit", "sys._getframe", "importlib._bootstrap", "seam._load_unlocked"}
# Who replaces something whose owner is found while it runs, and what that is.
OWNERS = {
    ("laws/acts/by.py", "owner"): "random, numpy.random, warnings, sqlite3, atexit, importlib, ...",
    ("laws/calls.py", "owner"): "a class of the solution",
    ("laws/whose.py", "thread"): "a mark of ours on a thread",
    ("laws/calls.py", "watched"): "a mark of ours on a function",
    ("laws/dagster.py", "one"): "a mark of ours on an instance",
    ("laws/leftovers.py", "owner"): "threading, subprocess, socket",
    ("laws/prefect.py", "one"): "puts a setting of a solution's task or flow back",
    ("laws/prefect.py", "owner"): "the attribute `fn`, which no class has, of Task and Flow",
    ("laws/state/process.py", "decimal.getcontext()"): "puts a number back",
    ("laws/state/shared.py", "found"): "puts back what a solution has patched",
    ("engines/dagster/engine.py", "storage"): "seams.STORE_EVENT, on one instance",
    ("engines/mlflow/troubled.py", "client"): "seams.CLIENT, each of its methods",
    ("world/files/machine.py", "owner"): "os, platform, socket, uuid",
    ("world/files/nights.py", "numpy"): "numpy.exp",
    ("world/http/requests_led.py", "error"): "a mark of ours on an error",
    ("world/time_of_day.py", "solution"): "the solution",
}


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def is_of_library(dotted: str) -> bool:
    return dotted.partition(".")[0] in LIBRARIES


def imported_names(tree: ast.AST) -> dict[str, str]:
    """Return what the names that a file imports stand for, dotted."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for one in node.names:
                found[one.asname or one.name.partition(".")[0]] = (
                    one.name if one.asname else one.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom):
            for one in node.names:
                found[one.asname or one.name] = f"{node.module}.{one.name}"
    return found


def own_names(tree: ast.AST) -> set[str]:
    """Return what a file defines itself: functions, fields, and what its objects set."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("self", "cls"):
            found.add(node.attr)
    return found


@dataclasses.dataclass(frozen=True)
class File:
    """A file's syntax tree, and what the names in it stand for."""

    name: str
    tree: ast.AST

    def dotted(self, node: ast.expr) -> str:
        """Return what an expression names, from a library on if it begins with an import."""
        first, _, rest = ast.unparse(node).partition(".")
        known = imported_names(self.tree).get(first, first)
        return f"{known}.{rest}" if rest else known

    def private_uses(self) -> Iterator[str]:
        """Yield each private name that is somebody else's, as read, imported or written."""
        own = own_names(self.tree)
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Attribute) and is_private(node.attr) and node.attr not in own:
                yield self.dotted(node)
            elif isinstance(node, ast.ImportFrom | ast.Import):
                start = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
                names = [f"{start}{one.name}" for one in node.names]
                yield from (one for one in names if any(map(is_private, one.split("."))))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = node.value.replace(":", ".")
                parts = text.split(".")
                names_one = all(part.isidentifier() for part in parts) and is_of_library(text)
                if names_one and any(map(is_private, parts[1:])):
                    yield text

    def replaced(self) -> Iterator[str]:
        """Yield the owner of each attribute that is replaced."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and node.args:
                called = ast.unparse(node.func)
                if called in ("setattr", "delattr", "mock.patch.object", "mock.patch.multiple"):
                    yield self.dotted(node.args[0])
                elif called == "mock.patch":
                    yield str(getattr(node.args[0], "value", "?"))
            elif isinstance(node, ast.Assign | ast.AugAssign | ast.Delete):
                targets = [node.target] if isinstance(node, ast.AugAssign) else node.targets
                owners = [one.value for one in targets if isinstance(one, ast.Attribute)]
                # What a variable holds may be filled: a record of ours, a report of pytest's.
                yield from (one for one in map(self.dotted, owners) if is_of_library(one))


def opened(path: Path) -> File:
    name = path.relative_to(PACKAGE_ROOT / "dojo").as_posix()
    return File(name, ast.parse(path.read_text(encoding="utf-8")))


def unnamed(file: File) -> list[str]:
    """Return what a file uses unpromised of a library and no table names."""
    is_table = "seams" in Path(file.name).with_suffix("").parts
    named = OF_PYTHON | {seam.target.replace(":", ".") for seam in SEAMS}
    found = [] if is_table else [one for one in file.private_uses() if one not in named]
    for owner in file.replaced():
        first = owner.partition(".")[0]
        if (file.name, owner) not in OWNERS and first not in sys.stdlib_module_names | {"self"}:
            found.append(f"{owner} is patched")
    return sorted(set(found))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE_ROOT).as_posix())
def test_what_a_file_uses_unpromised_is_named_by_a_table(path: Path) -> None:
    file = opened(path)
    allowed = {"_pytest.outcomes.Failed"} if file.name == "running/solution.py" else set()

    assert set(unnamed(file)) - allowed == set()


@pytest.mark.slow
def test_no_owner_is_excused_that_is_not_there() -> None:
    there = {(file.name, owner) for file in map(opened, FILES) for owner in file.replaced()}

    assert OWNERS.keys() - there == set()


@pytest.mark.parametrize(
    "text",
    [
        "from prefect import task_engine\ntask_engine._secret",
        "import prefect.task_engine\nprefect.task_engine._secret()",
        "from mlflow.tracking import fluent\nfluent._secret = None",
        "def f(server):\n    return server._instances",
        "from prefect._internal import concurrency",
        "from dagster import _check",
        "import dagster._core",
        "import_module('dagster._core.gone')",
        "module == 'prefect.types._gone'",
        "import httpx\nhttpx.Client.send = None",
        "import httpx\nsetattr(httpx.Client, 'send', None)",
        "from httpx import Client\nmock.patch.object(Client, 'send')",
        "mock.patch.object(owner, 'send')",
        "mock.patch('httpx.Client.send')",
        "import requests.sessions as s\ndel s.preferred_clock",
    ],
)
def test_way_around_the_tables_is_seen(text: str) -> None:
    assert unnamed(File("world/new.py", ast.parse(text))) != []


@pytest.mark.parametrize(
    "text",
    [
        "import os, sys\nos._exit(0)\nsys._getframe(1)",
        "import time\nmock.patch.object(time, 'sleep')",
        "class A:\n    def __init__(self):\n        self._x = 1\n\ndef f(a):\n    return a._x",
        "import httpx\nhttpx.Client.send",
        "'prefect.task_engine'",
        "report.sections = []",
    ],
)
def test_what_needs_no_table_is_left_alone(text: str) -> None:
    assert unnamed(File("world/new.py", ast.parse(text))) == []


# What is really replaced


def parts_of_libraries() -> dict[tuple[int, str], tuple[str, Any]]:
    """Return each attribute of the modules of libraries, and of the classes in them.

    By owner and name; the value is how to say it, and what it is.
    """
    found = {}
    for name, module in list(sys.modules.items()):
        if not is_of_library(name) or module is None:
            continue
        classes = [one for one in list(vars(module).values()) if isinstance(one, type)]
        classes = [one for one in classes if is_of_library(one.__module__)]
        for owner in (module, *classes):
            said = name if owner is module else f"{owner.__module__}.{owner.__qualname__}"
            for attribute, value in list(vars(owner).items()):
                found[id(owner), attribute] = (f"{said}.{attribute}", value)
    return found


@contextlib.contextmanager
def advanced(clock: RetryClock) -> Iterator[None]:
    """Move the time of day before others replace its clocks: theirs are put back first."""
    clock.advance(60)
    yield


def all_that_replaces(clock: RetryClock, folder: Path) -> list[Any]:
    """Return each context that replaces something of a library while a test runs."""
    from dojo.engines.dagster import engine as dagster
    from dojo.engines.mlflow import troubled
    from dojo.engines.prefect.savings import savings
    from dojo.laws.rules import Ledger
    from dojo.laws.watched import Watched
    from dojo.world.history import PrefectHistory, recorded_history
    from dojo.world.http.flaky_api import FlakyApi
    from dojo.world.http.webhook import Webhooks
    from dojo.world.http.webhook_wire import callers_led
    from dojo.world.impatience import impatience
    from dojo.world.logged import Written
    from dojo.world.overlap import Overlap
    from dojo.world.serving import bodies_noted, requests_noted, serving

    return [
        *(savings(), recorded_history(PrefectHistory()), free_waits(clock), advanced(clock)),
        *(FlakyApi(clock).on_the_wire(), callers_led(Webhooks(), folder, 1, 2)),
        *(requests_noted(), bodies_noted(), serving(), Overlap().watching(), impatience()),
        *(Written().hearing(), Watched(folder / "solution.py", Ledger()).looking()),
        *(dagster.free_retries(clock), dagster.crashing("check"), dagster.tried_before(1)),
        troubled.heard(lambda _: None),
    ]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_what_is_replaced_while_a_test_runs_is_named(tmp_path: Path) -> None:
    for name in ("dagster", "prefect", "responses", "sklearn"):
        pytest.importorskip(name)
    mlflow, requests = pytest.importorskip("mlflow"), pytest.importorskip("requests")
    named = set()
    for seam in SEAMS:
        with contextlib.suppress(ImportError):  # not each library is installed
            named.add((id(seam.owner()), seam.name))
    named.add((id(requests.adapters.HTTPAdapter), "send"))  # by `responses`, whose business it is
    client = id(mlflow.MlflowClient)  # each of its methods
    clock = RetryClock()
    contexts = all_that_replaces(clock, tmp_path)

    before, clocks = parts_of_libraries(), dict(vars(time))
    with contextlib.ExitStack() as stack:
        for context in contexts:
            stack.enter_context(context)
        now = parts_of_libraries()
    after = parts_of_libraries()
    assert dict(vars(time)) == clocks

    replaced = {key for key in before if key in now and before[key][1] is not now[key][1]}
    assert len(replaced) > 40
    assert [now[key][0] for key in replaced - named if key[0] != client] == []
    assert [now[key][0] for key in replaced if before[key][1] is not after[key][1]] == []

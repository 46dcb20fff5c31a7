"""What we use of libraries that they do not promise: it is there, is missed, and is all named."""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import dojo.laws.engines
import dojo.running.seams
from dojo.catalog.kata import find_kata, load_catalog
from dojo.engines import ENGINES, start
from dojo.engines.seams import check_seams
from dojo.engines.templates import EngineError
from dojo.ground.libraries.pins import pinned_version
from dojo.ground.libraries.seam import Seam, SeamMissing, check, describe
from dojo.ground.paths import PACKAGE_ROOT, find_root
from dojo.ground.run_folder import Room
from dojo.laws.state import _PATCHED
from dojo.warm.client import Warm
from dojo.world.seams import libraries

TABLES = {
    **{name: engine.seams for name, engine in ENGINES.items()},
    "laws": dojo.laws.engines.SEAMS,
    "libraries": libraries.SEAMS,
    "pytest": dojo.running.seams.SEAMS,
}
SEAMS = [seam for table in TABLES.values() for seam in table]
MADE_UP = Seam("prefect.task_engine:made_up", "tells what nobody asks", "nobody knows it")
LINE = (
    r"prefect \S+ has no prefect\.task_engine\.made_up, which tells what nobody asks:"
    r" without it nobody knows it; this dojo runs with \S+: pip install -r requirements\.txt"
)


def is_installed(library: str) -> bool:
    return importlib.util.find_spec(library) is not None


# They are there


@pytest.mark.filterwarnings("ignore")  # what a library says while it is imported
@pytest.mark.parametrize("seam", SEAMS, ids=lambda seam: seam.target)
def test_installed_library_has_what_we_use(seam: Seam) -> None:
    if not is_installed(seam.library):
        pytest.skip(f"{seam.library} is not installed")

    seam.read()

    assert seam.is_there()


def test_each_is_in_one_table_once() -> None:
    targets = [seam.target for seam in SEAMS]

    assert sorted({one for one in targets if targets.count(one) > 1}) == []


@pytest.mark.parametrize("dotted", _PATCHED)
def test_function_whose_patch_a_law_sees_exists(dotted: str) -> None:
    module, _, name = dotted.rpartition(".")
    if not is_installed(module.partition(".")[0]):
        pytest.skip(f"{module} is not installed")
    parts = module.split(".")
    lengths = range(len(parts), 0, -1)
    found = next(
        importlib.import_module(".".join(parts[:length]))
        for length in lengths
        if _is_module(".".join(parts[:length]))
    )
    for part in parts[len(found.__name__.split(".")) :]:
        found = getattr(found, part)

    assert hasattr(found, name)


def _is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def test_each_service_of_the_server_is_known() -> None:
    pytest.importorskip("prefect")
    from prefect.settings.models.server.services import ServerServicesSettings

    from dojo.engines.prefect.seams import UNUSED_SERVICES

    # They stay: two write what the server is told, one looks once an hour for what is old.
    kept = {"DB_VACUUM", "EVENT_LOGGER", "TASK_RUN_RECORDER"}
    services = {name.upper() for name in ServerServicesSettings.model_fields}

    assert services - kept == set(UNUSED_SERVICES)


def test_settings_that_a_run_may_not_change_exist() -> None:
    prefect = pytest.importorskip("prefect")
    from dojo.laws.prefect import _SETTINGS

    both = [prefect.task(lambda: None), prefect.flow(lambda: None, name="nothing")]

    assert [name for name in _SETTINGS if not any(hasattr(one, name) for one in both)] == []


# One is missing


def test_missing_name_is_one_line_that_says_what_to_install() -> None:
    pytest.importorskip("prefect.task_engine")

    with pytest.raises(SeamMissing, match=f"^{LINE}$"):
        check([MADE_UP])
    with pytest.raises(SeamMissing, match=f"^{LINE}$"):
        MADE_UP.read()
    with pytest.raises(SeamMissing, match=f"^{LINE}$"):
        MADE_UP.replaced(None)
    assert f"runs with {pinned_version('prefect')}:" in describe(MADE_UP)


@pytest.mark.parametrize("target", ["json.gone:x", "json.gone.deeper:x", "json.decoder.gone:x"])
def test_missing_module_is_noticed_unimported(target: str) -> None:
    assert not Seam(target, "is made up", "nothing is").is_there()


def test_lazy_module_is_not_imported_to_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "json.tool", raising=False)
    seam = Seam("json.tool:whatever", "is made up", "nothing is")

    assert seam.is_there()
    assert "json.tool" not in sys.modules
    with pytest.raises(SeamMissing, match=r"has no json\.tool\.whatever"):
        seam.read()


def test_library_that_nobody_imported_is_not_asked_for() -> None:
    seam = Seam("dojo_no_such_library:x", "is made up", "nothing is")

    assert seam.is_there()
    assert seam.peek("nothing") == "nothing"
    with pytest.raises(ModuleNotFoundError):
        seam.read()


def test_library_without_pin_is_told_where_versions_are() -> None:
    assert "with the versions of its constraints.txt" in describe(
        Seam("json:gone", "is made up", "nothing is")
    )


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_engine_that_misses_one_does_not_start(
    engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip(engine)
    module = importlib.import_module(f"dojo.engines.{engine}.engine")
    owner = module if hasattr(module, "SEAMS") else module.seams
    missing = Seam(f"{engine}:made_up", "is made up", "nothing is")
    monkeypatch.setattr(owner, "SEAMS", (*owner.SEAMS, missing))
    room = Room()

    with pytest.raises(EngineError, match=f"has no {engine}.made_up, which is made up"):
        _start(engine, room)


def _start(engine: str, room: Room) -> None:
    try:
        room.furnish()
        with contextlib.ExitStack() as until:
            start(engine, room, lambda _: None, until)
    finally:
        room.close()


def test_table_of_clients_is_looked_at_with_each_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("requests")
    missing = Seam("requests:made_up", "is made up", "nothing is")
    monkeypatch.setattr(libraries, "SEAMS", (missing,))

    with pytest.raises(EngineError, match=r"^requests \S+ has no requests\.made_up"):
        check_seams(())


SABOTAGE = """
import dojo.engines.prefect.engine as engine
from dojo.ground.libraries.seam import Seam

missing = Seam("prefect.task_engine:made_up", "tells what nobody asks", "nobody knows it")
engine.SEAMS = (*engine.SEAMS, missing)
"""


@pytest.fixture
def sabotaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each process of Python that begins now has one seam more than its Prefect."""
    pytest.importorskip("prefect")
    (tmp_path / "sitecustomize.py").write_text(SABOTAGE, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{PACKAGE_ROOT}")


@pytest.mark.usefixtures("sabotaged")
def test_missing_one_ends_a_cold_run_in_one_line() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "katas/02_retries", "--solutions", "reference"],
        cwd=PACKAGE_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 3
    assert re.search(LINE, done.stdout)
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.usefixtures("sabotaged")
def test_missing_one_is_said_through_a_warm_parent() -> None:
    kata = find_kata(load_catalog(find_root()), "02")

    with Warm(find_root()) as warm, pytest.raises(EngineError, match=LINE):
        warm.run(kata, "reference")


# All are named


LIBRARIES = (
    *("_pytest", "airflow", "anyio", "backoff", "dagster", "dagster_shared", "httpcore", "httpx"),
    *("joblib", "mlflow", "pandas", "pendulum", "prefect", "pytest", "requests", "responses"),
    *("sklearn", "sqlalchemy", "starlette", "urllib3", "uvicorn", "xgboost"),
)
FILES = sorted((PACKAGE_ROOT / "dojo").rglob("*.py"))
# Python's own, which have no other name.
OF_PYTHON = {"os._exit", "sys._getframe", "importlib._bootstrap", "seam._find_and_load"}
# Who replaces something whose owner is found while it runs, and what that is.
OWNERS = {
    ("laws/acts.py", "owner"): "random, numpy.random, warnings, sqlite3, atexit, importlib",
    ("laws/calls.py", "owner"): "a class of the solution",
    ("laws/calls.py", "thread"): "a mark of ours on a thread",
    ("laws/calls.py", "watched"): "a mark of ours on a function",
    ("laws/leftovers.py", "one"): "a mark of ours on an instance",
    ("laws/leftovers.py", "owner"): "threading, subprocess, socket",
    ("laws/prefect.py", "one"): "puts a setting of a solution's task or flow back",
    ("laws/prefect.py", "owner"): "the attribute `fn`, which no class has, of Task and Flow",
    ("laws/state.py", "decimal.getcontext()"): "puts a number back",
    ("laws/state.py", "found"): "puts back what a solution has patched",
    ("engines/dagster/engine.py", "storage"): "seams.STORE_EVENT, on one instance",
    ("engines/mlflow/troubled.py", "client"): "seams.CLIENT, each of its methods",
    ("world/files/disk.py", "owner"): "os, threading",
    ("world/files/machine.py", "owner"): "os, platform, socket, uuid",
    ("world/flaky_api.py", "error"): "a mark of ours on an error",
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

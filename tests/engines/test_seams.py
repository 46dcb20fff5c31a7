"""What we use of libraries that they do not promise: it is there, is missed, and is all named."""

from __future__ import annotations

import contextlib
import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

import dojo.laws.state.engines
import dojo.running.seams
from dojo.catalog.kata import find_kata, load_catalog
from dojo.engines import ENGINES, start
from dojo.engines.seams import check_seams
from dojo.engines.templates import EngineError
from dojo.ground.libraries.pins import pinned_version
from dojo.ground.libraries.seam import Seam, SeamMissing, check, describe
from dojo.ground.paths import PACKAGE_ROOT, find_root
from dojo.ground.run_folder import Room
from dojo.laws.state.libraries import _DEFAULTS, _PATCHED
from dojo.warm.client import Warm
from dojo.world.seams import libraries

TABLES = {
    **{name: engine.seams for name, engine in ENGINES.items()},
    "laws": dojo.laws.state.engines.SEAMS,
    "libraries": libraries.SEAMS,
    "pytest": dojo.running.seams.SEAMS,
}
SEAMS = [seam for table in TABLES.values() for seam in table]
MADE_UP = Seam("prefect.task_engine:made_up", "tells what nobody asks", "nobody knows it")
LINE = (
    r"prefect \S+ has no prefect\.task_engine\.made_up, which tells what nobody asks:"
    r" without it nobody knows it; this dojo runs with \S+: pip install -c constraints\.txt \S+"
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


@pytest.mark.parametrize("dotted", [*_PATCHED, *_DEFAULTS])
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


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
@pytest.mark.usefixtures("sabotaged")
def test_missing_one_is_said_through_a_warm_parent() -> None:
    kata = find_kata(load_catalog(find_root()), "02")

    with Warm(find_root()) as warm, pytest.raises(EngineError, match=LINE):
        warm.run(kata, "reference")

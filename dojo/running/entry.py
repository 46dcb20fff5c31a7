"""The pytest plugin of the katas: `--solutions`, fixtures, and one child process a session.

A session that reaches no kata is left alone.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
from collections.abc import Generator, Iterator
from multiprocessing.connection import Client
from typing import Any

import pytest

from dojo.catalog.kata import CatalogError
from dojo.catalog.pack import own_pack
from dojo.catalog.solutions import Solutions, SolutionsNotFound
from dojo.engines import register
from dojo.engines.templates import EngineError
from dojo.ground.endings import Ending
from dojo.ground.libraries.seam import SeamMissing, check
from dojo.place.state import spoken
from dojo.running.child import serve
from dojo.running.children import CHILD_VARIABLE
from dojo.running.given.fixtures import (  # noqa: F401 - fixtures are found by name
    calls_at_once,
    clock,
    customers,
    draw,
    elsewhere,
    engine_address,
    flaky_api,
    impatience,
    laws,
    nights,
    no_old_results,
    overlap,
    played,
    solution,
    webhooks,
    written,
)
from dojo.running.given.laws import broken_laws, judged
from dojo.running.given.replay import recorded, replay_folder  # noqa: F401 - found by name
from dojo.running.outcome import explain
from dojo.running.recorder import Recorder
from dojo.running.seams import SEAMS
from dojo.running.session import (
    INHERITED,
    KEY,
    KataRun,
    asked_solutions,
    kata_run_of,
    spell_paths,
)
from dojo.running.solution import SolutionFault
from dojo.running.supervisor import Supervisor

_SUPERVISOR = pytest.StashKey[Supervisor]()
_ENGINES_RUN = pytest.StashKey[bool]()
RECORDER = "dojo-recorder"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the katas."""
    group = parser.getgroup("katas")
    group.addoption(
        "--solutions",
        metavar="WHOSE",
        help="what to test: learner (default), reference, a folder, a file; or DOJO_SOLUTIONS",
    )
    group.addoption("--track", metavar="NAME", help="only the katas of this track")
    group.addoption(
        "--task",
        metavar="N",
        type=int,
        action="append",
        default=[],
        help="only the tests of this task of a kata; may be given more than once",
    )
    group.addoption(
        "--all-tasks",
        action="store_true",
        help="run all tests, also where a kata's tasks wait for an earlier one that is red",
    )
    group.addoption(
        "--one-red",
        action="store_true",
        help="red or green is all: leave out a red test's other parameters, and why it is red",
    )
    group.addoption("--verdict-file", metavar="FILE", help="write one line of JSON a kata")
    group.addoption("--replay-file", metavar="FILE", help="add what each test's engine recorded")


def pytest_configure(config: pytest.Config) -> None:
    """Prepare the session if its paths reach a kata; start nothing yet."""
    try:
        check(SEAMS)
    except SeamMissing as error:
        raise pytest.UsageError(spoken(str(error))) from None
    config.args = spell_paths(config.args, config.invocation_params.dir)
    try:
        run = KataRun(config, Solutions(asked_solutions(config)), config.getoption("--track"))
    except (CatalogError, SolutionsNotFound) as error:
        raise pytest.UsageError(spoken(str(error))) from None
    if run.track and not any(kata.track == run.track for kata in run.katas):
        known = ", ".join(sorted({kata.track for kata in run.katas})) or "none"
        said = f"no kata of the track {run.track!r} here; there are: {known}"
        raise pytest.UsageError(spoken(said))
    if not run.katas:
        return
    _register_fixtures(config, run)
    if config.getoption("collectonly"):
        return
    config.stash[KEY] = run
    inherited = config.pluginmanager.get_plugin(INHERITED)
    worker: dict[str, Any] | None = getattr(config, "workerinput", None)
    run.move_in(inherited.room if inherited else None)
    if inherited:
        run.inherit_engines(inherited.addresses, inherited.names, inherited.second)
    if worker is None and CHILD_VARIABLE not in os.environ:
        config.pluginmanager.register(Recorder(run, config.getoption("--verdict-file")), RECORDER)
    elif worker is not None:
        run.join(worker.get("dojo_addresses") or {})


def _register_fixtures(config: pytest.Config, run: KataRun) -> None:
    """Have tests find the fixtures of the dojo's own engines, and of their pack."""
    for name in (*own_pack().fixtures, *run.pack.fixtures):
        if not config.pluginmanager.has_plugin(name):
            try:
                register(run.pack)
                config.pluginmanager.register(importlib.import_module(name), name)
            except Exception as error:  # it is anybody's
                said = error if isinstance(error, CatalogError) else f"fixtures {name!r}: {error!r}"
                whose = "" if isinstance(error, CatalogError) else f"{run.pack.name}: "
                raise pytest.UsageError(f"{whose}{said}") from None


def pytest_ignore_collect(collection_path: Any, config: pytest.Config) -> bool | None:
    """Leave out the katas of other tracks: their packages may not be installed."""
    run = kata_run_of(config)
    if run is None or not run.track:
        return None
    kata = next((kata for kata in run.katas if kata.folder == collection_path), None)
    return True if kata is not None and kata.track != run.track else None


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Start one server for all workers of xdist before the first of them starts."""
    run = kata_run_of(node.config)
    if run is not None:
        with _engine_errors():
            run.start_engines([kata for kata in run.katas if run.track in (None, kata.track)])
        node.workerinput["dojo_addresses"] = run.addresses


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the asked tasks, and leave a learner alone with warnings: those are for our tests."""
    run = kata_run_of(config)
    if run is not None:
        run.put_in_order(items)
    asked = set(config.getoption("task"))
    left_out = []
    for item in items:
        kata = run.kata_of_item(item) if run else None
        if kata is None:
            continue
        item.add_marker(pytest.mark.filterwarnings("ignore"))
        if asked and kata.task_number_of(item.name) not in asked:
            left_out.append(item)
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)
    if left_out and not items:
        said = f"no kata here has a task {', '.join(map(str, sorted(asked)))}"
        raise pytest.UsageError(spoken(said))


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """In a child without `fork`: serve the supervisor instead of running all tests."""
    run = kata_run_of(session.config)
    where = os.environ.get(CHILD_VARIABLE)
    if run is None or not where or session.testsfailed:
        return None
    port, key, addresses = where.split(":", 2)
    run.join(json.loads(addresses))
    assert run.room is not None
    connection = Client(("127.0.0.1", int(port)))
    connection.send_bytes(key.encode())
    serve(session, connection, run.room, timeout_s=run.limit_s)
    return True


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Run a kata's test in the child."""
    run = kata_run_of(item.config)
    kata = run.kata_of_item(item) if run else None
    if run is None or kata is None:
        return None
    recorder = item.config.pluginmanager.get_plugin(RECORDER)
    if recorder is not None and recorder.leaves_out(item.name, kata):
        item.config.hook.pytest_deselected(items=[item])
        return True
    if _ENGINES_RUN not in item.config.stash:
        items = item.session.items
        files = {one.path for one in items}
        with _engine_errors():
            run.start_engines([one for one in run.katas if one.test_file in files])
        asking = [one for one in items if "elsewhere" in getattr(one, "fixturenames", ())]
        if asking and (first := run.kata_of_item(asking[0])) is not None:
            run.elsewhere(run.solutions.file_of(first))  # ready by the time it is called
        item.config.stash[_ENGINES_RUN] = True
    if item.config.getoption("usepdb"):
        return None
    if _SUPERVISOR not in item.config.stash:
        item.config.stash[_SUPERVISOR] = Supervisor(run, item.session)
    supervisor = item.config.stash[_SUPERVISOR]
    following = nextitem if nextitem is not None and run.kata_of_item(nextitem) else None
    if kata.in_order and following is not None:
        # The next task's tests may have to wait: then what this test has set up must be gone.
        is_same_task = kata.task_number_of(item.name) == kata.task_number_of(following.name)
        following = following if is_same_task else None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    with _engine_errors():
        reports = supervisor.reports_of(item, following, kata)
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


@contextlib.contextmanager
def _engine_errors() -> Iterator[None]:
    """End the session with one line where an engine does not start."""
    try:
        yield
    except EngineError as error:
        raise pytest.exit.Exception(spoken(str(error)), returncode=3) from None


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Turn what would end pytest into a failure of the one test."""
    run = kata_run_of(pyfuncitem.config)
    kata = run.kata_of_item(pyfuncitem) if run else None
    if run is None or kata is None:
        return (yield)
    try:
        with judged(pyfuncitem), recorded(pyfuncitem, run, kata):
            return (yield)
    except (KeyboardInterrupt, pytest.exit.Exception) as error:
        raise SolutionFault(
            f"Your code raised {type(error).__name__}, which ends a whole program.",
            "exit",
            Ending("exited"),
        ) from error
    except SystemExit as error:
        raise SolutionFault(
            f"Your code called sys.exit (code {error.code!r})."
            " A task must return or raise: no orchestrator retries a program that has ended.",
            "exit",
            Ending("exited"),
        ) from error


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: Any
) -> Generator[None, pytest.TestReport, Any]:
    """Make a kata's red test readable."""
    run = kata_run_of(item.config)
    kata = run.kata_of_item(item) if run else None
    if run is None or kata is None:
        return (yield)
    plain = item.config.option.tbstyle in ("auto", "short")
    if plain and call.when == "call":
        # Pytest would draw each frame of the engine, 0.1 s a test, for a text we then replace.
        item.repr_failure = lambda *_, **__: ""  # type: ignore[method-assign]
    report = yield
    also = broken_laws(item) if call.when == "call" else ""
    explain(report, call, kata, run.solutions.file_of(kata), plain, also)
    return report


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the child and the engines."""
    supervisor = config.stash.get(_SUPERVISOR, None)
    if supervisor is not None:
        supervisor.stop()
    run = kata_run_of(config)
    if run is not None and config.pluginmanager.get_plugin(INHERITED) is None:
        run.stop()

"""The fixtures of a kata's tests: the solution, and the world that it meets.

Those of an engine are in `engine_fixtures`.
"""

from __future__ import annotations

import functools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dojo.catalog.kata import Kata
from dojo.running.child import LINE, RESULTS
from dojo.running.given.laws import KEY as LAWS_KEY
from dojo.running.given.laws import Laws, lawful
from dojo.running.given.sequences import Elsewhere, Played
from dojo.running.given.untamed import UntamedDraw, draw_of
from dojo.running.session import KataRun, kata_run_of
from dojo.running.solution import Subject
from dojo.world.clock import RetryClock, free_waits
from dojo.world.impatience import impatience as waits_cut_short
from dojo.world.logged import Written


def run_and_kata(request: pytest.FixtureRequest) -> tuple[KataRun, Kata]:
    """Return the session's state, and the kata whose test asks for a fixture."""
    run = kata_run_of(request.config)
    kata = run.kata_of_item(request.node) if run else None
    if run is None or kata is None:
        pytest.fail(
            f"fixture {request.fixturename!r} belongs to the tests of a kata", pytrace=False
        )
    return run, kata


@pytest.fixture
def clock() -> Iterator[RetryClock]:
    """Make the waits of retries free; `.waits` has them, exact, in `.seconds` and `.by`."""
    clock = RetryClock()
    with free_waits(clock):
        yield clock


@pytest.fixture
def solution(request: pytest.FixtureRequest, clock: RetryClock) -> Iterator[Subject]:
    """Load the module under test, afresh for each test: `solution.load_customers(url)`."""
    run, kata = run_and_kata(request)
    line = request.config.stash.get(LINE, None)
    if line is not None:
        line.send({"importing": True})
    with lawful(request.node, kata, run.solutions.file_of(kata)) as subject:
        if line is not None:
            line.send({"importing": False})
        yield subject


@pytest.fixture
def engine_address(request: pytest.FixtureRequest) -> Callable[[str], str]:
    """Tell the address of an engine that the kata needs: `engine_address("prefect")`; "" for none.

    Yielded by `running` of that engine; what it is, the engine says.
    """
    run, _ = run_and_kata(request)
    return lambda name: run.addresses.get(name, "")


@pytest.fixture
def laws(request: pytest.FixtureRequest, solution: Subject) -> Laws:
    """Say which law does not hold in this test, and why: `laws.may_change("rows", "it fills")`."""
    found: Laws = request.node.stash[LAWS_KEY]
    return found


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest) -> Elsewhere:
    """Call the solution in another process: `elsewhere("clean_up", workdir, run_id)`.

    There `hash` gives other numbers; time zone, locale, working directory, the names of the
    machine and of the user are others; each `assert` is left out. `elsewhere.tomorrow(...)` is
    called a day later.
    """
    run, kata = run_and_kata(request)
    assert run.room is not None
    return Elsewhere(run, run.solutions.file_of(kata), run.room.path / RESULTS)


@pytest.fixture
def played(laws: Laws) -> Played:
    """Play sequences of calls, each on a fresh load: `played.same_after(a, a, b)`."""
    return Played(laws.load)


@pytest.fixture(autouse=True)
def no_old_results(request: pytest.FixtureRequest) -> None:
    """Empty the folder of Prefect's persisted results: no test finds those of another."""
    run = kata_run_of(request.config)
    if run is not None and run.room is not None:
        shutil.rmtree(run.room.path / RESULTS, ignore_errors=True)


@pytest.fixture
def flaky_api(clock: RetryClock) -> Iterator[Any]:
    """Play the customer API as the test scripts it; see `dojo.world.http.flaky_api.FlakyApi`."""
    from dojo.world.http.flaky_api import FlakyApi

    api = FlakyApi(clock)
    with api.on_the_wire():
        yield api


@pytest.fixture
def webhooks(tmp_path: Path) -> Iterator[Any]:
    """Play the webhooks of Slack and Discord; see `dojo.world.http.webhook.Webhooks`."""
    from dojo.world.http.webhook import Webhooks
    from dojo.world.http.webhook_wire import on_the_wire

    webhooks = Webhooks()
    with on_the_wire(webhooks, tmp_path):
        yield webhooks


@pytest.fixture
def calls_at_once() -> Any:
    """Have two calls be at the webhooks at once; see `dojo.world.http.at_once.call_at_once`."""
    from dojo.world.http.at_once import call_at_once

    return call_at_once


@pytest.fixture
def written() -> Written:
    """Keep what is logged, `with written.hearing():`, and find a part of a secret address in it."""
    return Written()


@functools.cache
def _known_customers() -> Any:
    import pandas

    from dojo.world.draw.churn import make_customers

    return pandas.DataFrame(make_customers(400))


@pytest.fixture
def customers() -> Any:
    """Make 400 seeded churn customers as a `pandas.DataFrame`."""
    return _known_customers().copy()


@pytest.fixture
def draw(request: pytest.FixtureRequest) -> UntamedDraw:
    """Hand out untamed customers, answers, names, ...: `draw.customers(40)`; see `dojo.world.draw`.

    `draw.explain(check)` plays a check, and names the quality of the data that made it fail.
    """
    draw = draw_of(request.node)
    print(f"data: dojo.world.draw.Draw({draw.seed!r})")  # shown with a red test
    return draw


@pytest.fixture
def nights(tmp_path: Path) -> Any:
    """Make the files of a company that calls its customers; see `dojo.world.files.nights`.

    Its checks have the disk fail under a call: `nights.killed_while_writing(...)`.
    """
    from dojo.world.files.nights import Nights

    return Nights(tmp_path)


@pytest.fixture
def impatience() -> Any:
    """Give a context in which each limited wait of the solution is over at once."""
    return waits_cut_short


@pytest.fixture
def overlap() -> Iterator[Any]:
    """Watch the trainings of five models, hold or fail them; see `dojo.world.overlap.Overlap`."""
    from dojo.world.overlap import Overlap

    overlap = Overlap()
    with overlap.watching():
        yield overlap

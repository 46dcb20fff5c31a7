"""Hold what one pytest session over katas shares: catalogue, solutions, room, engines."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest

from dojo.catalog.kata import Kata, kata_folders, read_kata
from dojo.catalog.pack import pack_at
from dojo.catalog.solutions import Solutions
from dojo.engines import ENGINES, for_solution, register, start
from dojo.ground.exits import EngineError
from dojo.ground.paths import find_root, is_pack
from dojo.ground.run_folder import CAN_FORK, Room, said_of_disk
from dojo.place.environment import TrackMissing, check_packages
from dojo.place.state import spoken
from dojo.running.elsewhere.client import SecondParent
from dojo.running.error_lines import faults_of_engine


class KataRun:
    """The state of one pytest session over katas."""

    def __init__(self, config: pytest.Config, solutions: Solutions, track: str | None) -> None:
        """Read the katas that the command line's paths reach; start nothing yet.

        Others may be half written: that is the gate's business, not this session's.

        Raises:
            CatalogError: One of them breaks a rule.
        """
        self.config = config
        self.solutions = solutions
        places = [Path(arg.split("::", 1)[0]).resolve() for arg in config.args]
        packs = (root for root in map(find_root, places) if is_pack(root))
        root = next(packs, None) or find_root(config.rootpath)
        folders = kata_folders(root)
        self.pack = pack_at(root)
        self.katas = [read_kata(folder) for folder in folders if _is_reached(folder, places)]
        self._kata_of_test_file = {kata.test_file: kata for kata in self.katas}
        self.track = track
        self.room: Room | None = None
        self.fault = ""  # of an engine that does not start
        # After how long the supervisor ends a test; it gives one longer on a busy machine.
        self.limit_s = float(os.environ.get("DOJO_TEST_TIMEOUT") or 30)
        self.addresses: dict[str, str] = {}
        self._engines = contextlib.ExitStack()
        self._started: set[str] = set()
        self._second_parent: SecondParent | None = None

    def kata_of_item(self, item: pytest.Item) -> Kata | None:
        """Return the kata that `item` is a test of."""
        return self.kata_of_test_file(item.path)

    def kata_of_test_file(self, path: Path) -> Kata | None:
        """Return the kata whose tests are in this file."""
        return self._kata_of_test_file.get(path)

    def put_in_order(self, items: list[pytest.Item]) -> None:
        """Sort the tests of each kata in order by their tasks, whoever has shuffled them."""
        for kata in self.katas:
            if kata.in_order:
                places = [at for at, item in enumerate(items) if self.kata_of_item(item) is kata]
                tests = [items[at] for at in places]
                tests.sort(key=lambda item, kata=kata: kata.task_number_of(item.name) or 0)  # type: ignore[misc]
                for at, item in zip(places, tests, strict=True):
                    items[at] = item

    def move_in(self, room: Room | None = None) -> None:
        """Take a room and set the environment that the engines read when they are imported.

        Raises:
            pytest.UsageError: A kata's packages are not installed, or nothing can be written.
        """
        if room is None:
            self._check_packages()
            register(self.pack)
            try:
                room = Room()
                room.furnish()
                for engine in ENGINES.values():
                    engine.isolate(room)
            except OSError as error:
                said = f"there is no place for what a run writes: {said_of_disk(error)}"
                raise pytest.UsageError(spoken(said)) from None
        self.room = room

    def _check_packages(self) -> None:
        katas = [kata for kata in self.katas if self.track in (None, kata.track)]
        try:
            check_packages(katas)
        except EngineError as error:
            raise pytest.UsageError(spoken(str(error))) from None
        except TrackMissing as error:
            others = "" if len(katas) == 1 else "; or name the katas of one track: --track NAME"
            raise pytest.UsageError(spoken(f"{error}{others}")) from None

    def inherit_engines(
        self, addresses: dict[str, str], names: set[str], second: SecondParent | None = None
    ) -> None:
        """Use engines, and a second parent, that were started before this process was forked."""
        self.addresses = addresses
        self._started |= names
        self._second_parent = second

    def join(self, addresses: dict[str, str]) -> None:
        """Use what runs of engines in another process."""
        for name, address in addresses.items():
            self._engines.enter_context(ENGINES[name].join(address))
        self.inherit_engines(addresses, {*addresses})

    def start_engines(self, katas: list[Kata]) -> None:
        """Start each engine that a kata or its solution needs and that is not running yet.

        Raises:
            EngineError: One does not start.
        """
        assert self.room is not None
        whole = [for_solution(kata, self.solutions.content_for(kata)) for kata in katas]
        needs = {need for kata in whole for need in kata.needs} & ENGINES.keys()
        for name in sorted(needs - self._started):
            try:
                with faults_of_engine(name):
                    address = start(name, self.room, self.say, self._engines)
            except EngineError as error:
                self.fault = str(error)
                raise
            if address:
                self.addresses[name] = address
            self._started.add(name)

    def elsewhere(self, solution: Path) -> SecondParent | None:
        """Return the second parent, started when first asked for; None where there is no fork.

        Args:
            solution: Whose imports it makes, if it must be started first.
        """
        if self._second_parent is None and CAN_FORK:
            assert self.room is not None
            self._second_parent = SecondParent(self.room)
            self._second_parent.prepare(solution)
        return self._second_parent

    def say(self, line: str) -> None:
        """Tell the person at the terminal why something takes a while."""
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.ensure_newline()
            reporter.write_line(spoken(line))

    def stop(self) -> None:
        """Stop the engines; the room goes when the process does."""
        if self._second_parent is not None:
            self._second_parent.end()
        with contextlib.suppress(Exception):
            self._engines.close()


def _is_reached(folder: Path, places: list[Path]) -> bool:
    return any(
        place == folder or folder in place.parents or place in folder.parents for place in places
    )


def spell_paths(args: list[str], folder: Path) -> list[str]:
    """Spell what pytest is to test so that it can: it takes a `[` for the parameters of a test.

    Args:
        args: Paths, and perhaps `::` and a test's name behind them.
        folder: Where pytest was started; it reads relative paths from there.

    Returns:
        The same, those with a `[` as seen from `folder`.

    Raises:
        pytest.UsageError: One has a `[` also from there.
    """
    spelt = []
    for arg in args:
        path, separator, test = arg.partition("::")
        if "[" in path and (folder / path).exists():
            with contextlib.suppress(ValueError):  # on another drive of Windows
                path = os.path.relpath(folder / path, folder)
            if "[" in path:
                said = (
                    f"pytest reads no path with a '[' in it, such as {arg!r}: rename the folder,"
                    " or 'cd' into it and name what is below"
                )
                raise pytest.UsageError(spoken(said))
        spelt.append(path + separator + test)
    return spelt


INHERITED = "dojo-inherited-engines"
KEY = pytest.StashKey[KataRun]()


def kata_run_of(config: pytest.Config) -> KataRun | None:
    """Return the session's state; None when it has nothing to do with katas."""
    return config.stash.get(KEY, None)


def asked_solutions(config: pytest.Config) -> str:
    """Return what `--solutions` or its environment variable says."""
    return str(config.getoption("--solutions") or os.environ.get("DOJO_SOLUTIONS") or "learner")


class InheritedEngines:
    """Tells a session that its engines were entered before it was forked; a plugin object."""

    # pytest registers a plugin object under this name.
    __name__ = INHERITED

    def __init__(
        self,
        room: Room,
        addresses: dict[str, str],
        names: set[str],
        second: SecondParent | None,
    ) -> None:
        """Name the session's own room, the addresses, engines and second parent that run."""
        self.room = room
        self.addresses = addresses
        self.names = names
        self.second = second

"""In whoever wants verdicts: ask a warm parent, start it when needed and when it is stale."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import hashlib
import os
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from dojo.catalog.kata import CatalogError, Kata
from dojo.catalog.pack import pack_at
from dojo.catalog.verdict import KataVerdict, TestVerdict
from dojo.engines.templates import EngineError
from dojo.ground.run_folder import CAN_FORK, end_of_log
from dojo.ground.safe_text import with_log
from dojo.place.environment import check_packages
from dojo.wire.fork_client import ForkClient, ForkRefused, launch
from dojo.wire.line import LineBroken, LineClosed

OnTest = Callable[[TestVerdict], None]


class Warm:
    """Verdicts on solutions, from a warm parent where there is `fork`, else from cold runs."""

    def __init__(self, root: Path, say: Callable[[str], None] = lambda _: None) -> None:
        """Start nothing yet.

        Args:
            root: The checkout.
            say: Is told, in one line, why something takes a while.
        """
        self._root = root
        self._say = say
        self._lock = threading.Lock()
        self._parent: _Parent | None = None
        self._is_closed = False

    def __enter__(self) -> Warm:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def run(
        self,
        kata: Kata,
        solutions: str,
        on_test: OnTest = lambda _: None,
        tasks: Iterable[int] = (),
        *,
        all_tasks: bool = False,
        tests: Iterable[str] = (),
        one_red: bool = False,
        first_red: bool = False,
        first: int = 0,
        again: Iterable[str] = (),
        replay: Path | None = None,
    ) -> KataVerdict:
        """Run the tests of one kata on one solution; may be called from several threads.

        Args:
            kata: The kata.
            solutions: `learner`, `reference`, a folder or a file.
            on_test: Is called with each test as soon as it has ended.
            tasks: The numbers of the tasks to run the tests of; none means all.
            all_tasks: Whether also those run that would wait for an earlier task which is red.
            tests: The names of the only tests to run; none means all.
            one_red: Whether red or green is all that is asked: one red case of a test is enough,
                its others are left out, and none is played again to find out why.
            first_red: Whether the first red test is enough, and none runs after it.
            first: The number of the task whose tests run before the others', if warm; 0: in order.
            again: The names of that task's tests that run before its others, in this order.
            replay: The file that gets what was recorded of each test; None: nothing is recorded.

        Returns:
            The verdict; one with a `fault` when the run itself broke twice.

        Raises:
            EngineError: The parent or an engine does not start.
            TrackMissing: The kata's packages are not installed.
        """
        check_packages([kata])
        started = time.perf_counter()
        options = [f"--task={number}" for number in sorted(tasks)]
        options += ["--all-tasks"] * all_tasks + ["--one-red"] * one_red
        options += ["--exitfirst"] * first_red
        options += [f"--replay-file={replay}"] if replay is not None else []
        if not CAN_FORK:
            verdict = run_cold(self._root, kata, solutions, options, tests)
            for test in verdict.tests:
                on_test(test)
        else:
            asked = {
                "options": options,
                "tests": sorted(tests),
                "first": first,
                "again": list(again),
            }
            verdict = self._run_warm(kata, solutions, on_test, asked)
        return dataclasses.replace(verdict, seconds=round(time.perf_counter() - started, 3))

    def close(self) -> None:
        """End the parent and all that it started, for good: also one that is still starting."""
        self._is_closed = True
        if (parent := self._parent) is not None:
            parent.close()  # before the lock: whoever holds it may be waiting for this parent
        with self._lock:
            if self._parent is not None:
                self._parent.close()
                self._parent = None

    @property
    def parent_pid(self) -> int | None:
        """Return the process id of the warm parent; None if there is none."""
        return self._parent.pid if self._parent is not None else None

    def _run_warm(
        self, kata: Kata, solutions: str, on_test: OnTest, asked: dict[str, Any]
    ) -> KataVerdict:
        seen: set[str] = set()

        def once(test: TestVerdict) -> None:
            if test.test not in seen:
                seen.add(test.test)
                on_test(test)

        fault = ""
        request = {"kata": kata.id, "solutions": solutions, **asked}
        for _ in range(2):
            message = self._ready_parent().ask(request, once)
            if "verdict" in message:
                return KataVerdict.from_json(message["verdict"])
            fault = str(message["fault"])
        return KataVerdict(kata.id, solutions, (), 0.0, fault)

    def _ready_parent(self) -> _Parent:
        with self._lock:
            if self._is_closed:
                raise EngineError("the warm process was closed")
            now = fingerprint(self._root)
            if self._parent is not None and not self._parent.is_fit(now):
                self._parent.close()
                self._parent = None
            if self._parent is None:
                self._parent = _Parent(self._root, now, self._say)
                try:
                    self._parent.await_ready()
                except EngineError:
                    self._parent = None
                    raise
            return self._parent


class _Parent:
    """The client's view of one warm parent process; may be used from several threads."""

    def __init__(self, root: Path, of: str, say: Callable[[str], None]) -> None:
        self._fingerprint = of
        self._say = say
        self._is_ready = False
        self._runs: set[object] = set()
        # Without a name: nothing is left of it, whatever ends this process.
        self._log = tempfile.TemporaryFile(prefix="dojo-warm-")  # noqa: SIM115 - see close
        self._log_end = ""
        in_root = functools.partial(launch, cwd=root, stderr=self._log)
        self._forks = ForkClient("dojo.warm.parent", str(root), launch=in_root)
        self.pid = self._forks.process.pid

    def await_ready(self) -> None:
        """Wait until it can be asked.

        Raises:
            EngineError: It ended instead.
        """
        try:
            self._forks.await_ready()
        except ForkRefused as error:
            self.close()
            why = str(error) or "the warm process does not start: run 'dojo doctor'"
            raise EngineError(with_log(why, self._log_end)) from None
        self._is_ready = True

    def is_fit(self, of: str) -> bool:
        if self._forks.has_ended() or self._forks.process.poll() is not None:
            return False
        return of == self._fingerprint

    def ask(self, asked: dict[str, Any], on_test: OnTest) -> dict[str, Any]:
        """Have one run made; return its last message: a `verdict` or a `fault`.

        Raises:
            EngineError: An engine does not start.
        """
        run = object()
        self._runs.add(run)
        try:
            line, _ = self._forks.fork(asked, lambda message: self._say(str(message["say"])))
            with contextlib.closing(line):
                while "test" in (message := self._forks.receive(line)):
                    on_test(TestVerdict(**message["test"]))
        except ForkRefused as error:
            raise EngineError(str(error)) from None
        except LineBroken as error:
            return {"fault": f"the run said what cannot be read: {error}"}
        except LineClosed:
            end = self._log_end or end_of_log(self._log)
            return {"fault": with_log("the warm process ended during the run", end)}
        finally:
            self._runs.discard(run)
        if "ended" in message:
            return {"fault": f"the run ended without a verdict ({message['ended']})"}
        return message

    def close(self) -> None:
        if not self._is_ready or self._runs:
            self._forks.process.kill()  # busy, so not listening; janitors clear up after it
        self._forks.hang_up()
        self._forks.await_end(timeout_s=10)
        self._log_end = self._log_end or end_of_log(self._log)
        self._log.close()


def fingerprint(root: Path) -> str:
    """Return a digest of what a warm parent has loaded: code, configuration, packages."""
    digest = hashlib.sha256()
    package = Path(__file__).resolve().parent.parent
    files = [*package.rglob("*.py"), root / "conftest.py", root / "pyproject.toml"]
    files += root.glob("katas/*/kata.toml")
    with contextlib.suppress(CatalogError):  # who runs there is told
        files += pack_at(root).code
    site = Path(sysconfig.get_path("purelib"))
    files += [entry for entry in site.iterdir() if entry.suffix in (".dist-info", ".pth")]
    for path in sorted(files):
        with contextlib.suppress(OSError):
            status = path.stat()
            digest.update(f"{path}|{status.st_mtime_ns}|{status.st_size}\n".encode())
    return digest.hexdigest()


def run_cold(
    root: Path,
    kata: Kata,
    solutions: str,
    options: Iterable[str] = (),
    tests: Iterable[str] = (),
) -> KataVerdict:
    """Run the tests of one kata on one solution in a pytest of its own; see `Warm.run`.

    Args:
        root: The checkout.
        kata: The kata.
        solutions: Whose.
        options: Of pytest, as `--all-tasks`.
        tests: The names of the only tests to run; none means all.

    Returns:
        The verdict; one with a `fault` when pytest gave none.

    Raises:
        TrackMissing: The kata's packages are not installed.
    """
    check_packages([kata])
    with tempfile.TemporaryDirectory(prefix="dojo-verdict-") as folder:
        file = Path(folder) / "verdict.jsonl"
        done = subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
                *(kata.test_ids(tests)),
                *(f"--solutions={solutions}", f"--verdict-file={file}"),
                *options,
            ],
            cwd=root,
            env={**os.environ, "NO_COLOR": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        if lines:
            return KataVerdict.from_json(lines[0])
    said = (done.stderr.strip() or done.stdout.strip()).splitlines()[-3:]
    return KataVerdict(kata.id, solutions, (), 0.0, " ".join(said) or "pytest gave no verdict")

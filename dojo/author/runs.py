"""Run stub, reference and answers of katas: a few at a time, each once."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from dojo.author.standalone import Done, run_standalone
from dojo.catalog.answers import as_one_file, refusing_tests
from dojo.catalog.handed_out import handed_out
from dojo.catalog.kata import Kata
from dojo.catalog.verdict import KataVerdict
from dojo.warm import Warm

STUB = "stub"
REFERENCE = "reference"
PARALLEL_RUNS = 4  # on two cores: a wrong answer often only waits


class Runs:
    """Runs what was asked for, and hands out what came of it; what is asked first begins first."""

    def __init__(self, warm: Warm, folder: Path, *, whole: bool = False) -> None:
        """Run nothing yet.

        Args:
            warm: Gives the verdicts.
            folder: Where files of its own may lie; empty.
            whole: Whether all tests judge a wrong answer, not only those that it names.
        """
        self._warm = warm
        self._folder = folder
        self._whole = whole
        self._pool = ThreadPoolExecutor(PARALLEL_RUNS)
        self._verdicts: dict[tuple[str, str], Future[KataVerdict]] = {}
        self._standalone: dict[str, Future[Done]] = {}

    def prepare(self, kata: Kata, solution: str | Path) -> None:
        """Have a verdict made: on `STUB`, on `REFERENCE` or on an answer."""
        key = (kata.id, str(solution))
        if key in self._verdicts:
            return
        file: str | Path = REFERENCE
        tests: set[str] = set()
        if isinstance(solution, Path):
            file = self._write(kata, solution.stem, as_one_file(kata, solution).encode())
            # A right answer names none, so all tests judge it.
            tests = set() if self._whole else refusing_tests(solution) & set(kata.tests)
        elif solution == STUB:
            file = self._write(kata, STUB, handed_out(kata.stub_file))
        self._verdicts[key] = self._pool.submit(
            self._warm.run,
            kata,
            str(file),
            tests=tests,
            all_tasks=True,
            one_red=bool(tests),
            replay=self.recorded(kata) if solution == REFERENCE else None,
        )

    def of(self, kata: Kata, solution: str | Path) -> KataVerdict:
        """Return a verdict as soon as it is there.

        Raises:
            EngineError: An engine does not start.
        """
        self.prepare(kata, solution)
        return self._verdicts[kata.id, str(solution)].result()

    def recorded(self, kata: Kata) -> Path:
        """Return the file that has what was recorded of the reference, once it has run."""
        return self._folder / f"{kata.name}.jsonl"

    def prepare_standalone(self, kata: Kata) -> None:
        """Have the reference run by itself."""
        self._standalone[kata.id] = self._pool.submit(run_standalone, kata, self.home_of(kata))

    def standalone(self, kata: Kata) -> Done:
        """Return what came of that, as soon as it is there."""
        return self._standalone[kata.id].result()

    def home_of(self, kata: Kata) -> Path:
        """Return the folder in which the reference runs by itself."""
        return self._folder / "standalone" / kata.name

    def close(self) -> None:
        """Begin no more runs."""
        self._pool.shutdown(cancel_futures=True)

    def _write(self, kata: Kata, name: str, content: bytes) -> Path:
        path = self._folder / kata.name / name / kata.stub_file.name
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
        return path

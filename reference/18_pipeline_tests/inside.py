"""What the examination of 18_pipeline_tests has run inside: tests, on one pipeline."""

from __future__ import annotations

import importlib.util
import itertools
import sys
from pathlib import Path
from typing import Any

_numbers = itertools.count()


def try_tests(
    solution: Any, folder: Path, runner: str, source: str, words: list[str], backwards: bool
) -> list[list[str]]:
    """Run tests on a pipeline that nothing is said of, until the first red one.

    Args:
        solution: The submission.
        folder: Where it may write.
        runner: The path of `trial.py`.
        source: The pipeline's.
        words: How the names of the tests begin.
        backwards: Whether the last one runs first.

    Returns:
        The name and the outcome of each test that ran.
    """
    trial = _load(runner)
    place = folder / f"trial-{next(_numbers)}"
    tests = Path(solution.__file__)
    ran = trial.run_tests(
        tests,
        source,
        place,
        words=words,
        backwards=backwards,
        stop=True,
        module_name=solution.__name__,
    )
    return [[one.name, one.outcome] for one in ran]


def _load(path: str) -> Any:
    name = "kata_18_trial"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]

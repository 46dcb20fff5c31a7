"""Examine 18_pipeline_tests: pipelines that no learner has, honest and faulty, in a drawn order.

A submission gets one pipeline after the other, of which nothing says which it is; what each of its
tests came to is told, and only here it is known what was wrong with that pipeline. So who does not
look, who refuses all, or knows the given one by its text, is found out. The pipelines are those of
`held_back.py` beside this file, which no submission can read; names inside are drawn.
"""

from __future__ import annotations

import functools
import importlib.util
import sys
from pathlib import Path
from typing import Any

from dojo.exam.stage import Desk, examines

_HERE = Path(__file__).parent
_KATA = _HERE.parents[1] / "katas" / _HERE.name
_WORDS = {
    "check": ["test_check"],
    "clean": ["test_clean"],
    "prepare": ["test_prepare", "test_score"],
    "publish": ["test_publish"],
    "nightly": ["test_nightly"],
}


@functools.cache
def _load(path: Path) -> Any:
    name = f"kata_18_exam_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _examine(desk: Desk, task: str) -> None:
    """Try the tests of a task on all pipelines; note which were refused."""
    held_back, variants = _load(_HERE / "held_back.py"), _load(_KATA / "variants.py")
    source = (_KATA / "nightly.py").read_text(encoding="utf-8")
    runner = desk.write("trial.py", (_KATA / "trial.py").read_text(encoding="utf-8"))
    pipelines: list[tuple[str, str]] = [("", edits) for edits in ((), *held_back.HONEST[task])]
    pipelines += [(kind, one) for kind, some in held_back.FAULTY[task].items() for one in some]
    desk.rng.shuffle(pipelines)
    noticed: dict[str, list[bool]] = {kind: [] for kind in ("", *held_back.FAULTY[task])}
    for kind, edits in pipelines:
        tried = variants.edited(source, edits)
        if desk.rng.random() < 0.8:
            tried = variants.rewritten(tried, f"n{desk.rng.getrandbits(32):x}")
        outcome = desk.run_with("try_tests", runner, tried, _WORDS[task], desk.rng.random() < 0.5)
        desk.unnoted.clear()
        ran = outcome.returned if isinstance(outcome.returned, list) else []
        outcomes = [str(one[1]) for one in ran]
        is_green = bool(outcomes) and {*outcomes} == {"green"}
        noticed[kind].append("red" in outcomes if kind else not is_green)
    refused = sum(noticed.pop(""))
    desk.note("pipelines that keep the contract and are refused", refused)
    for kind, seen in noticed.items():
        desk.note(f"noticed: {kind}", 2 * sum(seen) >= len(seen))


@examines(1, rests_on=("answer",))
def answers_are_checked(desk: Desk) -> None:
    """Try the tests of `check`."""
    _examine(desk, "check")


@examines(2, rests_on=("answer",))
def rows_are_cleaned(desk: Desk) -> None:
    """Try the tests of `clean`."""
    _examine(desk, "clean")


@examines(3, rests_on=("answer",))
def nothing_of_tonight_is_known(desk: Desk) -> None:
    """Try the tests of `prepare` and `score`."""
    _examine(desk, "prepare")


@examines(4, rests_on=("answer",))
def nights_are_published(desk: Desk) -> None:
    """Try the tests of `publish`."""
    _examine(desk, "publish")


@examines(5, rests_on=("answer",))
def nights_are_run(desk: Desk) -> None:
    """Try the tests of `nightly`."""
    _examine(desk, "nightly")

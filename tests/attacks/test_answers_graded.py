"""The gate's answers through `dojo grade`: right ones get full marks, wrong ones lose their task.

One batch, both judgements, behind the walls. Of two katas by default, a flow's and an MLflow one,
the right answers and a wrong one for each task; with DOJO_GATE_WHOLE all, of all that are examined.
Only what is selected is graded: `-k 12_churn`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dojo.catalog.answers import answers_here, as_one_file, tasks_of
from dojo.catalog.kata import Kata, load_catalog
from dojo.exam.examiner import scenarios_of
from dojo.grading.results import Result, Results
from dojo.ground.paths import PACKAGE_ROOT as ROOT
from dojo.ground.paths import cache_dir
from dojo.sandbox.walls import missing_for
from tests.katas.test_gate import WHOLE, one_for_each_task

EXAMINED = [kata for kata in load_catalog(ROOT) if scenarios_of(kata)]
KATAS = (
    EXAMINED if WHOLE else [kata for kata in EXAMINED if kata.id in ("02_retries", "07_tracking")]
)
ANSWERS = [
    (kata, answer)
    for kata in KATAS
    for wrong in [answers_here(kata, "wrong")]
    for chosen in [wrong if WHOLE else sorted(one_for_each_task(kata, wrong))]
    for answer in (*answers_here(kata, "right"), *chosen)
]

pytestmark = pytest.mark.skipif(
    bool(missing_for("strict")) and not os.environ.get("CI"), reason=missing_for("strict")
)


@pytest.fixture(scope="module")
def graded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, str], Result]:
    folder = tmp_path_factory.mktemp("class")
    out = tmp_path_factory.mktemp("out")
    selected = [
        (item.callspec.params["kata"], item.callspec.params["answer"])
        for item in request.session.items
        if item.path == request.path
    ]
    for kata, answer in selected:
        file = folder / answer.stem / "katas" / kata.id / f"{kata.slug}.py"
        file.parent.mkdir(parents=True)
        file.write_text(as_one_file(kata, answer), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "dojo", "grade", str(folder), "--seed", "1"],
        cwd=out,
        env={**os.environ, "DOJO_CACHE": str(cache_dir())},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    record = Results.model_validate_json((out / "results.json").read_bytes())
    assert len(record.results) == len(selected)
    return {(one.kata, one.learner): one for one in record.results}


@pytest.mark.parametrize(
    ("kata", "answer"), ANSWERS, ids=[f"{kata.id}-{path.stem}" for kata, path in ANSWERS]
)
def test_answer_gets_the_mark_it_should(
    kata: Kata, answer: Path, graded: dict[tuple[str, str], Result]
) -> None:
    result = graded[kata.id, answer.stem]
    red = {test.test: test.message for test in result.tests if not test.passed}
    by_tests = {test.task for test in result.tests if not test.passed}
    differing = {
        one.scenario: one.differences for one in result.scenarios if one.verdict != "passed"
    }
    lost = {task.number for task in result.tasks if task.earned < task.points}

    # A mistake in one task may turn tests of another red; the examination charges no more.
    if answer.stem.startswith("wrong_"):
        assert lost == tasks_of(kata, answer) | by_tests, (red, differing)
    else:
        assert not lost, (red, differing)
    assert (result.verdict == "passed") == answer.stem.startswith("right_")

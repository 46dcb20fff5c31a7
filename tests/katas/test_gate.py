"""The gate: each kata of the catalogue is proved against its stub, reference and answers.

The stub is the one of Git's last commit: in the working tree somebody may have filled it.

A kata passes when its tests are red on the stub for a reason of their own, green on the
reference, refuse each planted wrong answer by the test it names, and accept each right one.
`test_gate_refuses.py` runs this very file on broken katas to see that it catches them.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from dojo.catalog.answers import answer_files, answers_here, refusing_tests
from dojo.catalog.handed_out import handed_out, names_handed_out
from dojo.catalog.kata import CatalogError, Kata, load_catalog
from dojo.catalog.verdict import KataVerdict
from dojo.laws.rules import LAWS
from dojo.warm import Warm
from tests.proxies import DEAD_PROXIES

# A wrong answer runs the tests that it names; this asks whether it leaves other tasks alone.
WHOLE = bool(os.environ.get("DOJO_GATE_WHOLE"))
ROOT = Path(__file__).resolve().parents[2]
STUB = "stub"
FEWEST_WRONG = 8
FEWEST_RIGHT = 3
PARALLEL_RUNS = 4  # on two cores: a wrong answer often only waits

try:
    KATAS = load_catalog(ROOT)
except CatalogError:
    KATAS = []

each_kata = pytest.mark.parametrize("kata", KATAS, ids=lambda kata: kata.id)


def answers(kind: str) -> pytest.MarkDecorator:
    found = [(kata, path) for kata in KATAS for path in answers_here(kata, kind)]
    ids = [f"{kata.id}-{path.stem}" for kata, path in found]
    return pytest.mark.parametrize(("kata", "answer"), found, ids=ids)


# What `python reference/...` does, but a Prefect server that it asks for starts quickly.
STANDALONE = """
import runpy, sys
sys.path[0] = sys.argv[1].rpartition("/")[0]
from dojo.engines import prefect
from dojo.ground.run_folder import Room
start = prefect.quick_start(Room(), print)
start.__enter__()
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


class Verdicts:
    """Runs a few solutions at a time, each once, and hands the verdicts out."""

    def __init__(self, warm: Warm, folder: Path) -> None:
        self._warm = warm
        self._folder = folder
        self._pool = ThreadPoolExecutor(PARALLEL_RUNS)
        self._runs: dict[tuple[str, str], Future[KataVerdict]] = {}
        self._standalone: dict[str, Future[subprocess.CompletedProcess[str]]] = {}

    def prepare(self, kata: Kata, solution: str | Path) -> None:
        key = (kata.id, str(solution))
        if key not in self._runs:
            spec: str | Path = solution
            if isinstance(solution, Path):
                spec = self._whole_file(kata, solution)
            elif solution == STUB:
                spec = self._stub(kata)
            tests = () if WHOLE else self._refusing(kata, solution)
            self._runs[key] = self._pool.submit(
                self._warm.run, kata, str(spec), tests=tests, all_tasks=True, one_red=bool(tests)
            )

    def of(self, kata: Kata, solution: str | Path) -> KataVerdict:
        self.prepare(kata, solution)
        return self._runs[kata.id, str(solution)].result()

    def prepare_standalone(self, kata: Kata) -> None:
        self._standalone[kata.id] = self._pool.submit(run_standalone, kata, self.home_of(kata))

    def standalone(self, kata: Kata) -> subprocess.CompletedProcess[str]:
        return self._standalone[kata.id].result()

    def home_of(self, kata: Kata) -> Path:
        """Return the folder in which the reference runs by itself."""
        return self._folder / "standalone" / kata.id

    def _refusing(self, kata: Kata, solution: str | Path) -> set[str]:
        """Return the tests that a wrong answer names; none for what all tests are to judge."""
        if not isinstance(solution, Path):
            return set()
        return refusing_tests(solution) & set(kata.tests)

    def _whole_file(self, kata: Kata, answer: Path) -> Path:
        """Append the answer to the reference: it holds only what differs."""
        path = self._folder / kata.id / answer.stem / f"{kata.slug}.py"
        path.parent.mkdir(parents=True)
        reference = kata.reference_file.read_text(encoding="utf-8")
        path.write_text(f"{reference}\n\n{answer.read_text(encoding='utf-8')}", encoding="utf-8")
        return path

    def _stub(self, kata: Kata) -> Path:
        path = self._folder / kata.id / STUB / f"{kata.slug}.py"
        path.parent.mkdir(parents=True)
        path.write_bytes(handed_out(kata.stub_file))
        return path

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)


@pytest.fixture(scope="session")
def verdicts(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Verdicts]:
    with Warm(ROOT) as warm:
        found = Verdicts(warm, tmp_path_factory.mktemp("answers"))
        for item in sorted(request.session.items, key=_is_standalone, reverse=True):
            values = getattr(getattr(item, "callspec", None), "params", {})
            if _is_standalone(item):  # the longest begin first
                found.prepare_standalone(values["kata"])
            elif "verdicts" in getattr(item, "fixturenames", ()):
                solution = STUB if "stub" in item.name else "reference"
                found.prepare(values["kata"], values.get("answer", solution))
        yield found
        found.close()


def _is_standalone(item: pytest.Item) -> bool:
    return getattr(item, "originalname", "") == test_reference_runs_by_itself.__name__


def test_catalogue_reads_and_nothing_is_left_over() -> None:
    known = {kata.id for kata in load_catalog(ROOT)}
    for folder in ("katas", "reference"):
        present = {path.name for path in (ROOT / folder).glob("[0-9]*_*") if path.is_dir()}
        assert present == known, f"{folder}/ and the catalogue differ"


def test_all_katas_can_be_collected_in_a_process_of_their_own() -> None:
    """What a warm parent has imported already may be an error, or warn, where a learner begins."""
    if not KATAS:
        pytest.skip("the catalogue cannot be read, as another test says")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "katas", "--collect-only", "-q", "-p", "no:cacheprovider"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    for kata in KATAS:
        assert f"katas/{kata.id}/" in done.stdout


@each_kata
def test_kata_has_all_its_files(kata: Kata) -> None:
    expected = {"README.md", "README.fr.md", "kata.toml", f"{kata.slug}.py", f"test_{kata.slug}.py"}
    present = names_handed_out(kata.folder) - {"__pycache__"}
    readings = {name.removesuffix(".fr.md").removesuffix(".md") for name in present - expected}
    assert present == expected | {f"{name}.{end}" for name in readings for end in ("md", "fr.md")}
    for page in ("md", "fr.md"):
        lesson = (kata.folder / f"README.{page}").read_text(encoding="utf-8")
        assert [name for name in readings if f"]({name}.{page})" not in lesson] == []
    assert kata.reference_file.is_file()
    every = {path.name for path in kata.answers_folder.glob("*.py")}
    assert every == {path.name for kind in ("wrong", "right") for path in answer_files(kata, kind)}


@each_kata
def test_kata_has_enough_answers(kata: Kata) -> None:
    assert len(answer_files(kata, "wrong")) >= FEWEST_WRONG
    assert len(answer_files(kata, "right")) >= FEWEST_RIGHT


@each_kata
def test_every_test_is_listed_under_a_task(kata: Kata) -> None:
    tree = ast.parse(kata.test_file.read_text(encoding="utf-8"))
    written = [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
    ]
    assert sorted(written) == sorted(kata.tests)
    assert not kata.in_order or written == kata.tests, "an earlier task's tests come first"


@each_kata
def test_stub_is_red_for_a_reason_of_its_own(kata: Kata, verdicts: Verdicts) -> None:
    verdict = verdicts.of(kata, STUB)
    assert not verdict.fault
    ran = {test.test.split("[", 1)[0] for test in verdict.tests}
    assert ran == set(kata.tests), "not every listed test ran"
    wrong = {t.test: t.cause for t in verdict.tests if t.cause not in ("stub", "assertion")}
    assert not wrong, "on the stub these are green, or red for a reason that is not theirs"


@each_kata
def test_reference_is_green(kata: Kata, verdicts: Verdicts) -> None:
    verdict = verdicts.of(kata, "reference")
    assert not verdict.fault
    assert {test.test: test.message for test in verdict.red} == {}
    assert verdict.solved_tasks(kata) == list(range(1, len(kata.tasks) + 1))


@answers("wrong")
def test_wrong_answer_is_refused_by_its_test(kata: Kata, answer: Path, verdicts: Verdicts) -> None:
    named = refusing_tests(answer)
    assert named, "the docstring lacks a line 'Refused by: test_name'"
    assert named <= set(kata.tests), "the docstring names a test that does not exist"
    verdict = verdicts.of(kata, answer)
    assert not verdict.fault
    red = {test.test.split("[", 1)[0]: test for test in verdict.red}
    assert named <= red.keys(), "accepted by the test that should refuse it"
    causes = {name: test.cause for name, test in red.items()}
    assert not {"import", "missing", "fixture", "skipped"} & set(causes.values()), causes
    others = {test.task for test in red.values()} - tasks_of(kata, answer)
    assert not others, "it also breaks other tasks"


@answers("right")
def test_right_answer_is_accepted(kata: Kata, answer: Path, verdicts: Verdicts) -> None:
    verdict = verdicts.of(kata, answer)
    assert not verdict.fault
    assert {test.test: test.message for test in verdict.red} == {}


@each_kata
def test_stub_and_reference_promise_the_same(kata: Kata) -> None:
    stub = promises(handed_out(kata.stub_file))
    reference = promises(kata.reference_file.read_bytes())
    assert stub, "the stub has no public function with a docstring"
    assert {name: reference.get(name) for name in stub} == stub


@each_kata
def test_lifted_law_exists_and_has_a_reason(kata: Kata) -> None:
    assert kata.lifts.keys() <= LAWS.keys(), f"there are: {', '.join(LAWS)}"
    assert all(len(why.split()) > 3 for why in kata.lifts.values()), "say why, in a sentence"


@each_kata
def test_both_lessons_show_the_same_code(kata: Kata) -> None:
    english = (kata.folder / "README.md").read_text(encoding="utf-8")
    french = (kata.folder / "README.fr.md").read_text(encoding="utf-8")
    assert code_blocks(english) == code_blocks(french) != []
    assert headings(english) == headings(french)


@each_kata
def test_reference_runs_by_itself(kata: Kata, verdicts: Verdicts) -> None:
    done = verdicts.standalone(kata)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip(), "it shows nothing"
    assert list(verdicts.home_of(kata).iterdir()) == [], "it leaves files behind"


def run_standalone(kata: Kata, folder: Path) -> subprocess.CompletedProcess[str]:
    folder.mkdir(parents=True)
    quick = ["-c", STANDALONE] if "prefect" in kata.needs else []
    return subprocess.run(
        [sys.executable, *quick, str(kata.reference_file)],
        cwd=folder,
        env={**os.environ, **DEAD_PROXIES, "TMPDIR": str(folder), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def tasks_of(kata: Kata, answer: Path) -> set[int]:
    """Return the numbers of the tasks whose tests refuse an answer; none for a right one."""
    numbers = (kata.task_number_of(name) for name in refusing_tests(answer))
    return {number for number in numbers if number is not None}


def promises(source: bytes) -> dict[str, tuple[str, str | None]]:
    """Return signature and docstring of each public function of a source."""
    tree = ast.parse(source)
    return {
        node.name: (
            f"{type(node).__name__} ({ast.unparse(node.args)})"
            + (f" -> {ast.unparse(node.returns)}" if node.returns else ""),
            ast.get_docstring(node),
        )
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and not node.name.startswith("_")
        and ast.get_docstring(node)
    }


def code_blocks(text: str) -> list[str]:
    return re.findall(r"^```.*?^```", text, re.MULTILINE | re.DOTALL)


def headings(text: str) -> list[int]:
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return [len(marks) for marks in re.findall(r"^(#+) ", prose, re.MULTILINE)]

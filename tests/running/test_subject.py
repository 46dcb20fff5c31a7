"""A solution that cannot be tested gives one message that says why and where."""

from __future__ import annotations

import asyncio
import inspect
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dojo.catalog.kata import Kata
from dojo.catalog.solutions import Solutions, SolutionsNotFound
from dojo.running.error_lines import solution_line
from dojo.running.solution import SolutionFault, load_solution
from dojo.world.clock import SOLUTION_MODULE

Solution = Callable[..., Path]


@pytest.fixture(autouse=True)
def forget_the_module() -> Iterator[None]:
    yield
    sys.modules.pop(SOLUTION_MODULE, None)


@pytest.fixture
def solution_file(tmp_path: Path) -> Solution:
    """Write a solution's file."""

    def write(content: str | bytes) -> Path:
        path = tmp_path / "retries.py"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def kata(tmp_path: Path) -> Kata:
    words = {"en": "a", "fr": "b"}
    hints = {"en": ["a", "b", "c"], "fr": ["a", "b", "c"]}
    tasks: list[dict[str, Any]] = [
        {"title": words, "points": 1, "hints": hints, "tests": ["test_a"]}
    ]
    return Kata(
        number=2,
        slug="retries",
        track="prefect",
        needs=[],
        title=words,
        tasks=tasks,
        folder=tmp_path / "katas" / "02_retries",
    )


def test_names_of_the_solution_are_reached(solution_file: Solution) -> None:
    subject = load_solution(solution_file("LIMIT = 3\ndef load(): return LIMIT\n"))

    assert subject.LIMIT == 3
    assert subject.load() == 3


def test_each_load_runs_the_file_afresh(solution_file: Solution) -> None:
    path = solution_file("seen = []\n")
    load_solution(path).seen.append(1)
    assert load_solution(path).seen == []

    solution_file("seen = [2]\n")  # same size as before, perhaps the same second
    assert load_solution(path).seen == [2]


def test_loading_leaves_no_byte_code(solution_file: Solution) -> None:
    path = solution_file("x = 1\n")
    load_solution(path)

    assert [entry.name for entry in path.parent.iterdir()] == ["retries.py"]


def test_module_is_importable_by_its_name(solution_file: Solution) -> None:
    subject = load_solution(solution_file("import pickle\nclass A: ...\nb = pickle.dumps(A())\n"))

    assert subject.A.__module__ == SOLUTION_MODULE
    assert SOLUTION_MODULE.encode() in subject.b


def test_source_is_not_read_with_our_future_flags(solution_file: Solution) -> None:
    subject = load_solution(solution_file("def f(x: int): ...\n"))

    assert subject.f.__annotations__ == {"x": int}


FAULTS = {
    "undefined_name": (
        "x = 1\ny = z\n",
        "import",
        "retries.py cannot be imported: NameError: name 'z' is not defined\n  line 2: y = z\n"
        "No test can start before the file imports.",
    ),
    "missing_package": (
        "import no_such_package\n",
        "import",
        "ModuleNotFoundError: No module named 'no_such_package'\n  line 1: import no_such_package",
    ),
    "error_in_a_call": (
        "import json\ndef f():\n    return json.loads('')\nf()\n",
        "import",
        "JSONDecodeError: Expecting value: line 1 column 1 (char 0)\n  line 3: return json.loads",
    ),
    "interrupt": ("raise KeyboardInterrupt\n", "import", "KeyboardInterrupt: \n  line 1: raise K"),
    "value_error": ("int('x')\n", "import", "ValueError: invalid literal"),
    "sys_exit": (
        "import sys\nif True:\n    sys.exit(3)\n",
        "import",
        "Importing retries.py ended the program (sys.exit, code 3): line 3: sys.exit(3)\n"
        "Tests import your file; work that should only run as a script belongs under"
        ' `if __name__ == "__main__":`.',
    ),
    "exit_elsewhere": (
        "import argparse\nargparse.ArgumentParser(add_help=False, prog='x').exit(2)\n",
        "import",
        "(sys.exit, code 2): line 2: argparse",
    ),
    "syntax_error": (
        "def f():\n    return 1 +* 2\n",
        "import",
        "retries.py is not valid Python: invalid syntax (line 2).\n  return 1 +* 2\n            ^",
    ),
    "syntax_error_after_tab": (
        "if True:\n\tx = = 1\n",
        "import",
        "retries.py is not valid Python: invalid syntax (line 2).\n  x = = 1\n      ^",
    ),
    "never_closed": ("x = (\n", "import", "'(' was never closed (line 1).\n  x = (\n      ^"),
    "unknown_encoding": (
        "# coding: klingon\n",
        "import",
        "retries.py is not valid Python: unknown encoding: klingon.",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_file_that_does_not_import_says_where(solution_file: Solution, fault: str) -> None:
    text, cause, message = FAULTS[fault]

    with pytest.raises(SolutionFault, match=re.escape(message)) as caught:
        load_solution(solution_file(text))

    assert caught.value.cause == cause


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"x = 1\x00\n", "null bytes"), (b"x = '\xe9'\n", "codec can't decode byte 0xe9")],
    ids=["null_bytes", "latin_1"],
)
def test_file_that_is_no_text_says_so(
    solution_file: Solution, content: bytes, message: str
) -> None:
    with pytest.raises(SolutionFault, match=message) as caught:
        load_solution(solution_file(content))

    assert caught.value.message.startswith("retries.py is not ")
    assert "None" not in caught.value.message
    assert caught.value.cause == "import"


def test_missing_file_is_no_solution_to_test(tmp_path: Path) -> None:
    with pytest.raises(
        SolutionFault,
        match=r"There is no solution to test: .*retries\.py cannot be read \(No such file",
    ) as caught:
        load_solution(tmp_path / "retries.py")

    assert caught.value.cause == "missing"


def test_missing_file_is_named_from_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(SolutionFault, match=r"test: retries\.py cannot be read"):
        load_solution(tmp_path / "retries.py")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "load_customer",
            "retries.py has no 'load_customer'; the tests call it by that name."
            " It has 'load_customers': is that it?",
        ),
        ("wholly_different", "the tests call it by that name."),
        ("_privat", "the tests call it by that name."),
    ],
    ids=["near_miss", "nothing_near", "private_is_not_offered"],
)
def test_missing_name_offers_the_nearest(solution_file: Solution, name: str, message: str) -> None:
    subject = load_solution(solution_file("def load_customers(): ...\n_private = 1\n"))

    with pytest.raises(SolutionFault, match=re.escape(message) + "$") as caught:
        getattr(subject, name)

    assert caught.value.cause == "missing"


ASSET = """
@dg.asset
def customers(context: dg.AssetExecutionContext) -> int: ...
"""
OF_A_CONFIG = """
class Settings(dg.Config):
    number: int = 1

@dg.asset
def customers(config: Settings) -> int: ...
"""
FUTURE = "from __future__ import annotations\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"\n{FUTURE}import dagster as dg\n{ASSET}", 2),
        (f'"""Notes."""\n\n\n{FUTURE}import dagster as dg\n{OF_A_CONFIG}', 4),
        (
            f"import dagster as dg\n{ASSET.replace('dg.Asset', 'dg.Output').replace('Exec', '')}",
            None,
        ),
    ],
    ids=["context", "config", "another_fault"],
)
def test_line_that_turns_types_into_texts_is_named(
    solution_file: Solution, text: str, line: int | None
) -> None:
    pytest.importorskip("dagster")

    with pytest.raises(SolutionFault) as caught:
        load_solution(solution_file(text))

    said = f"First remove line {line}, `from __future__ import annotations`: it turns all"
    assert (said in caught.value.message) == (line is not None)
    assert ("First remove" in caught.value.message) == (line is not None)


ASYNC = """
from functools import wraps
import asyncio

async def plain(number):
    \"\"\"Add one.\"\"\"
    await asyncio.sleep(0)
    return number + 1

def hands_on(number):
    return plain(number)

def sync(number):
    return number + 1

def fails(number):
    async def fail():
        raise KeyError(number)
    return fail()
"""


@pytest.mark.parametrize("name", ["plain", "hands_on", "sync"])
def test_call_comes_back_with_what_awaiting_gives(solution_file: Solution, name: str) -> None:
    subject = load_solution(solution_file(ASYNC))

    assert getattr(subject, name)(1) == 2
    assert getattr(subject, name)(number=2) == 3
    assert getattr(subject, name).__name__ == name
    assert list(inspect.signature(getattr(subject, name)).parameters) == ["number"]


def test_error_of_a_coroutine_is_raised_by_the_call(solution_file: Solution) -> None:
    path = solution_file(ASYNC)

    with pytest.raises(KeyError) as caught:
        load_solution(path).fails(1)

    line = solution_line(caught.value, path)
    assert line is not None
    assert line.name == "fail"


def test_event_loop_of_the_caller_gets_something_to_await(solution_file: Solution) -> None:
    subject = load_solution(solution_file(ASYNC))

    async def call() -> list[int]:
        return [await subject.plain(1), subject.sync(1)]

    assert asyncio.run(call()) == [2, 2]


@pytest.mark.parametrize("kind", ["task", "flow"])
def test_task_or_flow_keeps_what_it_is(solution_file: Solution, kind: str) -> None:
    prefect = pytest.importorskip("prefect")
    text = f"import prefect\n@prefect.{kind}(name='n', retries=2)\nasync def f(number): ..."
    subject = load_solution(solution_file(text))

    assert isinstance(subject.f, {"task": prefect.Task, "flow": prefect.Flow}[kind])
    assert (subject.f.name, subject.f.retries, subject.f.isasync) == ("n", 2, True)
    assert list(inspect.signature(subject.f).parameters) == ["number"]
    assert subject.f.with_options(retries=3).retries == 3


@pytest.mark.parametrize("how", ["raised_from", "raised_while_handling"])
def test_line_of_the_solution_is_found_in_a_cause(solution_file: Solution, how: str) -> None:
    path = solution_file("def f():\n    raise KeyError('x')\n")
    subject = load_solution(path)
    with pytest.raises(KeyError) as first:
        subject.f()
    error = RuntimeError()
    if how == "raised_from":
        error.__cause__ = first.value
    else:
        error.__context__ = first.value

    line = solution_line(error, path)

    assert line is not None
    assert (line.lineno, line.name) == (2, "f")


def test_error_from_elsewhere_has_no_solution_line(tmp_path: Path) -> None:
    error = KeyError()
    error.__cause__ = error  # a trace that bites its tail must end too

    assert solution_line(error, tmp_path / "retries.py") is None


def test_learner_and_reference_are_found_by_word(kata: Kata) -> None:
    assert Solutions("learner").file_of(kata) == kata.stub_file
    assert Solutions("reference").file_of(kata) == kata.reference_file


@pytest.mark.parametrize(
    "there", ["katas/02_retries", "02_retries"], ids=["checkout", "folder_of_katas"]
)
def test_solution_is_found_in_a_folder(kata: Kata, tmp_path: Path, there: str) -> None:
    path = tmp_path / "mine" / there / "retries.py"
    path.parent.mkdir(parents=True)
    path.touch()

    assert Solutions(str(tmp_path / "mine")).file_of(kata) == path.resolve()


def test_folder_without_the_kata_names_a_missing_file(kata: Kata, tmp_path: Path) -> None:
    path = Solutions(str(tmp_path)).file_of(kata)

    assert path == tmp_path.resolve() / "02_retries" / "retries.py"
    assert not path.exists()


def test_relative_file_is_found_from_working_directory(
    kata: Kata, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.py").touch()
    monkeypatch.chdir(tmp_path)

    assert Solutions("mine.py").file_of(kata) == tmp_path.resolve() / "mine.py"


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (
            "lerner",
            "--solutions 'lerner' does not exist; did you mean 'learner'?"
            " It may be 'learner', 'reference', a folder or a Python file.",
        ),
        ("no/such.py", "--solutions 'no/such.py' does not exist. It may be 'learner', 'refer"),
    ],
    ids=["near_miss", "nothing_near"],
)
def test_unknown_solutions_say_what_they_may_be(spec: str, message: str) -> None:
    with pytest.raises(SolutionsNotFound, match=re.escape(message)):
        Solutions(spec)


def test_name_that_is_given_goes_before_a_built_in_one(solution_file: Solution) -> None:
    path = solution_file("KEY = hash('churn')\ndef key(): return hash('churn')\n")
    found = load_solution(path, hash=lambda _: 7)
    assert (found.KEY, found.key()) == (7, 7)
    assert load_solution(path).key() == hash("churn")

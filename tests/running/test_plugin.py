"""What a solution does to its process never breaks a run: each gives one readable red test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.made_up_katas import write_checkout, write_kata
from tests.processes import eventually, processes_with
from tests.proxies import DEAD_PROXIES, NONE

pytest_plugins = ["pytester"]

ADD = """
def test_adds(solution):
    got = solution.add(1, 2)
    assert got == 3, f"add(1, 2) gave {got}, 3 was expected.\\nIt takes two."


def test_adds_more(solution):
    assert solution.add(2, 2) == 4, "2 and 2 make 4."
"""
PARAMETERS = """
import pytest

@pytest.mark.parametrize("one", ["[2]", "a::b"])
def test_adds(solution, one):
    assert solution.add(one, one) == one + one, "No."
"""
ADDS = "def test_adds(solution):\n    assert solution.add(1, 2) == 3\n"
GOOD = "def add(one, other):\n    return one + other\n"


@pytest.fixture
def checkout(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A checkout with one kata that needs no engine."""
    monkeypatch.setenv("DOJO_TEST_TIMEOUT", "4")
    pytester.makeconftest('pytest_plugins = ["dojo.running.entry"]')
    pytester.makeini("[pytest]\naddopts = --import-mode=importlib\n")
    write_kata(pytester.path, GOOD, ADD, "test_adds", "test_adds_more")
    return pytester


def solve(checkout: pytest.Pytester, text: str) -> None:
    (checkout.path / "katas/01_demo/demo.py").write_text(text, encoding="utf-8")


def run(checkout: pytest.Pytester, *args: str) -> pytest.RunResult:
    return checkout.runpytest_subprocess("katas/01_demo", "-p", "no:cacheprovider", *args)


def verdict(checkout: pytest.Pytester, *args: str) -> dict[str, dict]:
    """Run and return one record a test, by its name."""
    file = checkout.path / "verdict.jsonl"
    run(checkout, f"--verdict-file={file}", *args)
    (line,) = file.read_text(encoding="utf-8").splitlines()
    return {test["test"]: test for test in json.loads(line)["tests"]}


BREAKAGES = {
    "stub": ("    raise NotImplementedError", "stub", "still a stub"),
    "own_assertion": ("    return 0", "assertion", "add(1, 2) gave 0, 3 was expected."),
    "exception": ("    return one / 0", "exception", "demo.py, line 3, in add"),
    "sys_exit": ("    sys.exit(3)", "exit", "called sys.exit (code 3)"),
    "os_exit": ("    os._exit(0)", "exit", "ended the whole Python process (exit code 0)"),
    "killed": ("    os.kill(os.getpid(), 9)", "exit", "killed (SIGKILL)"),
    "interrupt": ("    raise KeyboardInterrupt", "exit", "KeyboardInterrupt"),
    "pytest_exit": ("    import pytest; pytest.exit('all green')", "exit", "ends a whole program"),
    "debugger": ("    breakpoint()", "exception", "--pdb"),
    "endless_loop": ("    while True: pass", "hang", "demo.py, line 3, in add"),
    "runaway_output": ("    while True: print('x' * 9999)", "exception", "is this a loop?"),
    "wide_output": ("    print('x' * 40_000_000); return 0", "assertion", "add(1, 2) gave 0"),
    "fork": ("    os.fork(); return 0", "assertion", "add(1, 2) gave 0"),
    "network": (
        "    import socket; socket.create_connection(('192.0.2.1', 80))",
        "exception",
        "No network: ask the given address",
    ),
    "skips_itself": ("    import pytest; pytest.skip()", "skipped", ""),
    "out_of_memory": ("    raise MemoryError", "exception", "MemoryError"),
    "words_alone": (
        "    raise ValueError('was killed (SIGKILL): MemoryError')",
        "exception",
        "was killed (SIGKILL): MemoryError",
    ),
}


def ended(kind: str, code: int | None = None, limit_s: float | None = None) -> dict[str, Any]:
    return {"kind": kind, "code": code, "limit_s": limit_s}


ENDINGS = {
    "sys_exit": ended("exited"),
    "os_exit": ended("exited", 0),
    "killed": ended("killed", -9),
    "interrupt": ended("exited"),
    "pytest_exit": ended("exited"),
    "endless_loop": ended("timeout", limit_s=4.0),
    "runaway_output": ended("output"),
    "out_of_memory": ended("memory"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", BREAKAGES)
@pytest.mark.skipif(sys.platform == "win32", reason="uses signals and fork")
def test_broken_call_gives_one_readable_red_test(checkout: pytest.Pytester, name: str) -> None:
    body, cause, words = BREAKAGES[name]
    solve(checkout, f"import os, sys\ndef add(one, other):\n{body}\n")

    tests = verdict(checkout)

    assert {test["cause"] for test in tests.values()} == {cause}
    assert tests["test_adds"]["cause"] == cause
    assert words in tests["test_adds"]["message"]
    assert tests["test_adds"]["ending"] == ENDINGS.get(name)
    assert not any(test["passed"] for test in tests.values())


LOOKING = """
import json
from pathlib import Path

def read(path):
    return json.loads(Path(path).read_text())

def test_adds(solution, tmp_path):
    solution.add(tmp_path / "kept.json", "{")
    assert read(tmp_path / "kept.json") == {}, "It should be empty."
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("add", "begin", "place"),
    [
        ("one.write_text(other)", "could not go on with what your code made", "test_demo.py"),
        ("one / 'a' / 0", "expected no exception here", "demo.py"),
        ("__import__('json').loads(other)", "expected no exception here", "demo.py"),
    ],
    ids=["the test's own look", "the solution's", "a library's, called by the solution"],
)
def test_only_an_error_of_the_solution_is_called_one(
    checkout: pytest.Pytester, add: str, begin: str, place: str
) -> None:
    write_kata(checkout.path, GOOD, LOOKING, "test_adds")
    solve(checkout, f"def add(one, other):\n    {add}\n")

    (test,) = verdict(checkout).values()

    assert test["cause"] == "exception"
    assert test["message"].startswith(f"The test {begin}")
    assert f" {place}, line" in test["message"]


@pytest.mark.slow
def test_function_that_cannot_be_called_so_is_shown_at_its_call(checkout: pytest.Pytester) -> None:
    solve(checkout, "def add(one):\n    return one\n")

    message = verdict(checkout)["test_adds"]["message"]

    assert "takes 1 positional argument but 2 were given" in message
    assert "got = solution.add(1, 2)" in message


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "passed", "output"),
    [
        ("    print('in the call'); return one + other", True, "at import\nin the call\n"),
        ("    print('in the call'); return 0", False, "at import\nin the call\n"),
        ("    print('in the call', flush=True); os._exit(0)", False, "in the call\n"),
        ("    print('x' * 9999); return 0", False, "at import\n" + "x" * 990 + " [and more]"),
        ("    print('err', file=sys.stderr); return 0", False, "at import\n"),
    ],
    ids=["green", "red", "broken", "long", "stderr"],
)
def test_what_a_solution_prints_is_in_its_tests_record(
    checkout: pytest.Pytester, body: str, passed: bool, output: str
) -> None:
    solve(
        checkout, f"import os, sys\nprint('at import', flush=True)\ndef add(one, other):\n{body}\n"
    )

    test = verdict(checkout)["test_adds"]

    assert (test["passed"], test["output"]) == (passed, output)


IMPORTS = {
    "syntax_error": ("def add(one, other)\n    return 3\n", "import", "not valid Python"),
    "exception": ("import nowhere\n", "import", "No module named 'nowhere'"),
    "sys_exit": ("import sys\nsys.exit(0)\n", "import", "Importing demo.py ended the program"),
    "os_exit": ("import os\nos._exit(0)\n", "import", "While your file was imported"),
    "endless_loop": ("while True:\n    pass\n", "import", "no end within 4 s"),
    "missing_name": ("def ad(one, other):\n    return 3\n", "missing", "It has 'ad'"),
    "empty": ("", "missing", "demo.py is empty"),
    "binary": ("\0\0", "import", "demo.py"),
    "out_of_memory": ("raise MemoryError\n", "import", "MemoryError"),
    "words_alone": (
        "raise ValueError('it came to no end, ended the program: MemoryError')\n",
        "import",
        "ended the program: MemoryError",
    ),
}
IMPORT_ENDINGS = {
    "sys_exit": ended("exited"),
    "os_exit": ended("exited", 0),
    "endless_loop": ended("timeout", limit_s=4.0),
    "out_of_memory": ended("memory"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", IMPORTS)
def test_broken_file_makes_every_test_readable(checkout: pytest.Pytester, name: str) -> None:
    text, cause, words = IMPORTS[name]
    solve(checkout, text)

    tests = verdict(checkout)

    assert [test["cause"] for test in tests.values()] == [cause, cause]
    assert all(words in test["message"] for test in tests.values())
    assert [test["ending"] for test in tests.values()] == [IMPORT_ENDINGS.get(name)] * 2


@pytest.mark.slow
def test_missing_file_is_named(checkout: pytest.Pytester) -> None:
    (checkout.path / "katas/01_demo/demo.py").unlink()

    tests = verdict(checkout)

    assert tests["test_adds"]["cause"] == "missing"
    assert "no solution to test" in tests["test_adds"]["message"]


def test_red_test_names_task_and_hint_first(checkout: pytest.Pytester) -> None:
    solve(checkout, "def add(one, other):\n    return 0\n")

    result = run(checkout)

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "*test_adds*",
            "add(1, 2) gave 0, 3 was expected.",
            "It takes two.",
            "Task 1, call it.",
            "Hint: dojo hint 01 1*",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*assert 0 == 3*")


@pytest.mark.slow
def test_long_traceback_is_one_flag_away(checkout: pytest.Pytester) -> None:
    solve(checkout, "def add(one, other):\n    return one / 0\n")

    result = run(checkout, "--tb=long")

    result.stdout.fnmatch_lines(["*demo.py:2: ZeroDivisionError"])


def test_pytest_of_another_environment_says_so_in_one_line() -> None:
    conftest = Path(__file__).resolve().parents[2] / "conftest.py"
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(conftest)], capture_output=True, text=True, check=False
    )
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert done.stderr.count("\n") == 1
    assert "activate" in done.stderr


def test_green_kata_exits_with_zero(checkout: pytest.Pytester) -> None:
    result = run(checkout)

    assert result.ret == pytest.ExitCode.OK
    result.assert_outcomes(passed=2)


@pytest.mark.slow
@pytest.mark.parametrize("args", [(), ("-n", "2"), ("-x",)], ids=["alone", "xdist", "first"])
def test_tests_after_a_dead_process_still_run(
    checkout: pytest.Pytester, args: tuple[str, ...]
) -> None:
    solve(
        checkout,
        "import os\ndef add(one, other):\n    return os._exit(0) if one == 1 else one + other\n",
    )

    result = run(checkout, *args)

    result.assert_outcomes(failed=1, passed=0 if args == ("-x",) else 1)


@pytest.mark.slow
def test_spawned_child_gives_the_same_verdicts(
    checkout: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    solve(
        checkout,
        "import os\ndef add(one, other):\n    return os._exit(0) if one == 1 else one + other\n",
    )
    forked = verdict(checkout)
    monkeypatch.setenv("DOJO_NO_FORK", "1")
    spawned = verdict(checkout)

    for record in (*forked.values(), *spawned.values()):
        record["seconds"] = 0
    assert spawned == forked


FOLDERS = ["ml [2026]", "l'été à 50% #1 a*b?"]


@pytest.mark.slow
@pytest.mark.parametrize("name", FOLDERS)
@pytest.mark.parametrize("given", ["relative", "absolute", "none", "one test", "spawned"])
def test_folder_of_any_name_is_tested(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, name: str, given: str
) -> None:
    root = pytester.mkdir(name)
    write_kata(root, GOOD, PARAMETERS, "test_adds")
    write_checkout(root)
    monkeypatch.chdir(root / "katas" / "01_demo" if given == "none" else root)
    monkeypatch.setenv("DOJO_NO_FORK", "1" if given == "spawned" else "")
    asked = {
        "absolute": [str(root / "katas")],
        "none": [],
        "one test": [str(root / "katas/01_demo/test_demo.py::test_adds[a::b]")],
    }.get(given, ["katas/01_demo"])

    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", *asked)

    result.assert_outcomes(passed=1 if given == "one test" else 2)


@pytest.mark.slow
def test_path_that_pytest_cannot_read_says_what_to_do(
    checkout: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    (checkout.path / "katas").rename(checkout.mkdir("ml [2026]") / "katas")

    result = checkout.runpytest_subprocess("ml [2026]/katas/01_demo")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    (line,) = [line for line in result.errlines if line]
    assert "'ml [2026]/katas/01_demo': rename the folder, or 'cd' into it" in line


@pytest.mark.slow
def test_module_state_is_fresh_for_each_test(checkout: pytest.Pytester) -> None:
    solve(
        checkout,
        "calls = []\ndef add(one, other):\n    calls.append(one)\n"
        "    return one + other if len(calls) == 1 else 0\n",
    )

    result = run(checkout)

    result.assert_outcomes(passed=2)


@pytest.mark.slow
def test_tests_find_the_cache_of_the_real_home(
    checkout: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dojo.ground.paths import cache_dir

    monkeypatch.delenv("DOJO_CACHE", raising=False)
    head = "from dojo.ground.paths import cache_dir\ndef test_cache(solution):\n"
    text = f"{head}    assert str(cache_dir()) == {str(cache_dir())!r}"
    write_kata(checkout.path, GOOD, text, "test_cache")

    run(checkout).assert_outcomes(passed=1)


def test_tests_know_no_proxy(checkout: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in DEAD_PROXIES.items():
        monkeypatch.setenv(name, value)
    head = "import urllib.request\ndef test_none(solution):\n"
    text = f"{head}    assert urllib.request.getproxies() == {NONE}"
    write_kata(checkout.path, GOOD, text, "test_none")

    run(checkout).assert_outcomes(passed=1)


@pytest.mark.slow
def test_solution_finds_neither_home_nor_checkout(checkout: pytest.Pytester) -> None:
    solve(
        checkout,
        "import os, pathlib\ndef add(one, other):\n"
        "    pathlib.Path('left.txt').touch()\n"
        f"    assert os.path.expanduser('~') != {str(Path.home())!r}\n"
        "    return one + other\n",
    )

    result = run(checkout)

    result.assert_outcomes(passed=2)
    assert list(checkout.path.rglob("left.txt")) == []


@pytest.mark.slow
def test_warnings_of_a_solution_are_no_failures(checkout: pytest.Pytester) -> None:
    checkout.makeini("[pytest]\naddopts = --import-mode=importlib\nfilterwarnings = error\n")
    solve(
        checkout,
        "import warnings\ndef add(one, other):\n    warnings.warn('old')\n    return one + other\n",
    )

    run(checkout).assert_outcomes(passed=2)


@pytest.mark.slow
def test_broken_fixture_is_not_blamed_on_the_solution(checkout: pytest.Pytester) -> None:
    write_kata(checkout.path, GOOD, "def test_adds(nothing):\n    pass\n", "test_adds")

    tests = verdict(checkout)

    assert tests["test_adds"]["cause"] == "fixture"
    assert not tests["test_adds"]["passed"]


@pytest.mark.slow
@pytest.mark.parametrize("spec", ["reference", "other", "other/katas", "answer.py"])
def test_solutions_may_be_elsewhere(checkout: pytest.Pytester, spec: str) -> None:
    solve(checkout, "")
    for folder in ("reference/01_demo", "other/katas/01_demo"):
        (checkout.path / folder).mkdir(parents=True)
        (checkout.path / folder / "demo.py").write_text(GOOD, encoding="utf-8")
    (checkout.path / "answer.py").write_text(GOOD, encoding="utf-8")

    run(checkout, "--solutions", spec).assert_outcomes(passed=2)


@pytest.mark.slow
def test_solutions_may_come_from_the_environment(
    checkout: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    solve(checkout, "")
    (checkout.path / "answer.py").write_text(GOOD, encoding="utf-8")
    monkeypatch.setenv("DOJO_SOLUTIONS", "answer.py")

    run(checkout).assert_outcomes(passed=2)


def test_unknown_solutions_are_a_usage_error(checkout: pytest.Pytester) -> None:
    result = run(checkout, "--solutions", "referense")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*'referense' does not exist; did you mean 'reference'?*"])


@pytest.mark.slow
def test_one_task_is_run_alone(checkout: pytest.Pytester) -> None:
    write_kata(checkout.path, GOOD, ADD, "test_adds")  # test_adds_more belongs to no task

    result = run(checkout, "--task", "1")

    result.assert_outcomes(passed=1, deselected=1)


@pytest.mark.slow
def test_task_that_no_kata_has_says_so(checkout: pytest.Pytester) -> None:
    result = run(checkout, "--task", "7")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*no kata here has a task 7"])


@pytest.fixture
def in_order(checkout: pytest.Pytester) -> pytest.Pytester:
    """A checkout whose kata has three tasks in order, and a kata after it."""
    one, two, three = (
        f"def test_{name}(solution):\n    assert solution.{name}() == 1, 'no'\n"
        for name in ("a", "b", "c")
    )
    text = f"{one}\n\n{two}\n\n{three}"
    kata = write_kata(checkout.path, GOOD, text, "test_a", more="in_order = true")
    toml = kata / "kata.toml"
    text = toml.read_text(encoding="utf-8")
    task = text[text.index("[[tasks]]") :]
    more = "".join(task.replace("test_a", name) for name in ("test_b", "test_c"))
    toml.write_text(text + more, encoding="utf-8")
    write_kata(checkout.path, GOOD, ADDS, "test_adds", number=2, slug="other")
    solve(checkout, "a = c = lambda: 1\nb = lambda: 2\n")
    return checkout


def test_later_tasks_wait_for_a_red_one(in_order: pytest.Pytester) -> None:
    result = in_order.runpytest_subprocess("katas")

    # The kata after it runs; the exit code is that of a red test.
    result.assert_outcomes(passed=2, failed=1, deselected=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["01_demo: task 3 waits for task 2; --all-tasks runs them now"])


@pytest.mark.slow
def test_waiting_tasks_are_not_solved(in_order: pytest.Pytester) -> None:
    assert set(verdict(in_order)) == {"test_a", "test_b"}
    progress = json.loads((in_order.path / ".dojo/progress.json").read_text(encoding="utf-8"))
    assert progress["katas"]["01_demo"]["tasks"] == [1]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("args", "ran"),
    [(["--task", "3"], "c"), (["--task", "2", "--task", "3"], "bc"), (["--all-tasks"], "abc")],
    ids=["one", "two", "all"],
)
def test_task_that_is_asked_for_does_not_wait(
    in_order: pytest.Pytester, args: list[str], ran: str
) -> None:
    assert set(verdict(in_order, *args)) == {f"test_{name}" for name in ran}


def test_tasks_in_order_all_run_when_all_are_green(in_order: pytest.Pytester) -> None:
    solve(in_order, "a = b = c = lambda: 1\n")

    run(in_order).assert_outcomes(passed=3)


def test_track_leaves_other_katas_alone(checkout: pytest.Pytester) -> None:
    write_kata(checkout.path, GOOD, "import nowhere\n", "test_adds", track="dagster")
    write_kata(checkout.path, GOOD, ADDS, "test_adds", number=2, slug="other")

    result = checkout.runpytest_subprocess("katas", "--track", "prefect")

    result.assert_outcomes(passed=1)


def test_track_without_katas_says_so(checkout: pytest.Pytester) -> None:
    result = run(checkout, "--track", "airflow")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*no kata of the track 'airflow' here; there are: prefect"])


@pytest.mark.slow
def test_what_pytest_says_for_us_is_in_the_learners_language(
    checkout: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOJO_LANG", "fr")

    result = run(checkout, "--task", "7")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*aucun kata ici n'a de tâche 7"])


def test_green_run_is_remembered_as_progress(checkout: pytest.Pytester) -> None:
    run(checkout)

    progress = json.loads((checkout.path / ".dojo/progress.json").read_text(encoding="utf-8"))
    assert progress["katas"]["01_demo"]["tasks"] == [1]


@pytest.mark.slow
@pytest.mark.parametrize("args", [(), ("-n", "2")], ids=["alone", "xdist"])
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_killed_pytest_leaves_no_process_and_no_folder(
    checkout: pytest.Pytester, tmp_path: Path, args: tuple[str, ...]
) -> None:
    solve(checkout, "def add(one, other):\n    while True: pass\n")
    mark = f"DOJO_MARK={tmp_path.name}"
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", "katas/01_demo", *args],
        env={**os.environ, "TMPDIR": str(temporary), **dict([mark.split("=")])},
        cwd=checkout.path,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    workers = 2 if args else 1
    assert eventually(lambda: len(list(temporary.rglob("logs/stack-*"))) == workers)

    process.kill()
    process.wait()

    assert eventually(lambda: list(temporary.iterdir()) == [])
    assert eventually(lambda: processes_with(mark) == [])


@pytest.mark.slow
def test_broken_kata_is_one_line_where_it_is_asked_for(checkout: pytest.Pytester) -> None:
    other = checkout.path / "katas/02_other"
    other.mkdir()

    run(checkout).assert_outcomes(passed=2)
    result = checkout.runpytest_subprocess("katas")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*02_other/kata.toml does not exist*"])


UNTAMED = """
def test_counts(solution, draw):
    def counted(draw):
        ids = [row["customer_id"] for row in draw.customers(40)]
        got = solution.count(ids)
        assert got == 40, f"count(ids) gave {got}, 40 was expected."

    draw.explain(counted)
"""
AS_FLOATS = "def count(ids):\n    return len({float(one) for one in ids})\n"


@pytest.mark.slow
@pytest.mark.parametrize("text", [AS_FLOATS, AS_FLOATS.replace("return", "return 1 //")])
def test_red_test_names_the_quality_of_the_data_that_made_it_red(
    checkout: pytest.Pytester, text: str
) -> None:
    write_kata(checkout.path, GOOD, UNTAMED, "test_counts")
    solve(checkout, text)
    said = verdict(checkout)["test_counts"]
    assert not said["passed"]
    assert ("Red with ids beyond 2**53" in said["message"]) == (text is AS_FLOATS)
    assert verdict(checkout)["test_counts"]["message"] == said["message"]

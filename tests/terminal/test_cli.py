"""Test the command line on a made-up checkout whose katas need no engine."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from importlib import metadata
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dojo.catalog.kata import load_catalog
from dojo.catalog.verdict import KataVerdict, TestVerdict
from dojo.cli.door import app
from dojo.engines.templates import EngineError
from dojo.ground.exits import Exit
from dojo.terminal.screen import Screen, show_indented, show_red
from tests.made_up_katas import write_checkout

SOLVED = "def one():\n    return 1\n\n\ndef two():\n    return 2\n"
STUB = "def one():\n    raise NotImplementedError\n\n\ndef two():\n    raise NotImplementedError\n"
TESTS = """
def test_one_is_one(solution):
    got = solution.one()
    assert got == 1, f"one() gave {got!r} [bold]instead[/bold] of 1"

def test_two_is_two(solution):
    got = solution.two()
    assert got == 2, f"two() gave {got!r}"
"""
TOML = """
number = {number}
slug = "{slug}"
track = "prefect"
needs = []
[title]
en = "The {slug}"
fr = "Le modèle {slug}"
[[tasks]]
points = 10
tests = ["test_one_is_one"]
title = {{ en = "Count to one", fr = "Compter jusqu'à un" }}
hints = {{ en = ["en 1", "en 2", "en 3"], fr = ["fr 1", "fr 2", "fr 3"] }}
[[tasks]]
points = 10
tests = ["test_two_is_two"]
title = {{ en = "Count to two", fr = "Compter jusqu'à deux" }}
hints = {{ en = ["two 1", "two 2", "two 3"], fr = ["deux 1", "deux 2", "deux 3"] }}
"""


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "checkout"
    for number, slug in ((1, "alpha"), (2, "beta")):
        folder = root / "katas" / f"{number:02d}_{slug}"
        reference = root / "reference" / folder.name
        folder.mkdir(parents=True)
        reference.mkdir(parents=True)
        toml = TOML.format(number=number, slug=slug)
        (folder / "kata.toml").write_text(toml, encoding="utf-8")
        (folder / f"{slug}.py").write_text(STUB)
        (folder / f"test_{slug}.py").write_text(TESTS)
        (folder / "README.md").write_text("page")
        (folder / "README.fr.md").write_text("page")
        (reference / f"{slug}.py").write_text(SOLVED)
    write_checkout(root)
    for name in (
        "LC_ALL",
        "LC_MESSAGES",
        "DOJO_LANG",
        "DOJO_SOLUTIONS",
        "NO_COLOR",
        "FORCE_COLOR",
        "COLUMNS",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("DOJO_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(root)
    return root


def dojo(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def solve(checkout: Path, kata: str = "01_alpha") -> None:
    (checkout / "katas" / kata / f"{kata[3:]}.py").write_text(SOLVED)


def program(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dojo", *arguments],
        env={**os.environ, **more},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


# What each command prints, and its exit code


@pytest.mark.usefixtures("checkout")
def test_list_names_katas_and_next_step():
    result = dojo("list")
    assert result.exit_code == Exit.DONE
    first, second, *_, last = result.stdout.splitlines()
    assert "01_alpha" in first
    assert "The alpha" in first
    assert "02_beta" in second
    assert last == "Next: read katas/01_alpha/README.md, then run: dojo"


@pytest.mark.usefixtures("checkout")
def test_list_as_json_has_schema_and_tasks():
    record = json.loads(dojo("list", "--json").stdout)
    assert record["schema"] == 1
    assert [kata["id"] for kata in record["katas"]] == ["01_alpha", "02_beta"]
    assert record["katas"][0]["solved"] is False
    assert record["katas"][0]["tasks"][1] == {
        "number": 2,
        "title": "Count to two",
        "points": 10,
        "solved": False,
    }


@pytest.mark.usefixtures("checkout")
def test_run_of_stub_is_unsolved():
    result = dojo("run", "alpha")
    assert result.exit_code == Exit.UNSOLVED
    lines = result.stdout.splitlines()
    assert lines[0] == "01_alpha  The alpha"
    assert lines[2:4] == ["Task 1  Count to one", "  ✗ test_one_is_one"]
    assert lines[5:7] == ["Task 2  Count to two", "  ✗ test_two_is_two"]
    assert "one is still a stub" in result.stdout
    assert "two is still a stub" not in result.stdout
    assert "1 more test is red; 'dojo run 01 --all' shows why" in lines
    assert lines[-2:] == [
        "Next: edit katas/01_alpha/alpha.py, then: dojo run 01",
        "Hint: dojo hint 01 1",
    ]


@pytest.mark.slow
@pytest.mark.usefixtures("checkout")
def test_run_with_all_prints_every_message():
    result = dojo("run", "1", "--all")
    assert "one is still a stub" in result.stdout
    assert "two is still a stub" in result.stdout
    assert "more test" not in result.stdout


def test_solved_run_leads_to_next_kata(checkout: Path):
    solve(checkout)
    result = dojo("run", "01")
    assert result.exit_code == Exit.DONE
    assert "✗" not in result.stdout
    assert result.stdout.endswith("Solved. Next: read katas/02_beta/README.md, then: dojo run 02\n")
    assert json.loads(dojo("list", "--json").stdout)["katas"][0]["solved"] is True


@pytest.mark.slow
def test_last_solved_run_says_all_is_solved(checkout: Path):
    solve(checkout, "01_alpha")
    solve(checkout, "02_beta")
    assert dojo("run").exit_code == Exit.DONE
    result = dojo("run")
    assert result.stdout.startswith("02_beta")
    assert result.stdout.endswith("Solved, and so are all katas. Next: 'dojo list' shows them.\n")
    assert "All katas are solved" in dojo("list").stdout
    bare = dojo()
    assert bare.exit_code == Exit.DONE
    assert bare.stdout.splitlines()[:2] == ["katas/01_alpha  solved", "katas/02_beta  solved"]
    assert "All katas are solved" in bare.stdout


@pytest.mark.slow
@pytest.mark.parametrize("spec", ["reference", "reference/01_alpha/alpha.py"])
def test_reference_run_leaves_progress_alone(checkout: Path, spec: str):
    result = dojo("run", "01", "--solutions", spec)
    assert result.exit_code == Exit.DONE
    assert "your own file: dojo run 01" in result.stdout
    assert not (checkout / ".dojo").exists()


@pytest.mark.slow
@pytest.mark.usefixtures("checkout")
def test_run_as_json_is_a_verdict():
    result = dojo("run", "01", "--json")
    assert result.exit_code == Exit.UNSOLVED
    record = json.loads(result.stdout)
    assert record["schema"] == 1
    assert record["solved"] is False
    assert KataVerdict.from_json(result.stdout).red[0].test == "test_one_is_one"


@pytest.mark.usefixtures("checkout")
def test_hint_tiers_lead_to_each_other():
    first = dojo("hint", "01", "1")
    assert first.exit_code == Exit.DONE
    assert first.stdout.splitlines()[:3] == ["Task 1  Count to one", "Hint 1 of 3", "    en 1"]
    assert first.stdout.endswith("Next hint: dojo hint 01 1 --tier 2\n")
    third = dojo("hint", "alpha", "1", "--tier", "3")
    assert "    en 3\n" in third.stdout
    assert third.stdout.endswith("Next: edit katas/01_alpha/alpha.py, then: dojo run 01\n")


@pytest.mark.slow
def test_hint_goes_to_first_unsolved_task(checkout: Path):
    half = SOLVED.replace("return 2", "return 3")
    (checkout / "katas/01_alpha/alpha.py").write_text(half)
    assert "Task 1" in dojo("hint", "01").stdout
    dojo("run", "01")
    assert "Task 2" in dojo("hint", "01").stdout


@pytest.mark.usefixtures("checkout")
def test_hint_as_json_has_schema_and_text():
    assert json.loads(dojo("hint", "1", "2", "--tier", "2", "--json").stdout) == {
        "schema": 1,
        "kata": "01_alpha",
        "task": 2,
        "tier": 2,
        "tiers": 3,
        "hint": "two 2",
    }


def test_bare_run_shows_paths_and_red_tests(checkout: Path):
    half = SOLVED.replace("return 1", "return 0")
    (checkout / "katas/01_alpha/alpha.py").write_text(half)
    result = dojo()
    assert result.exit_code == Exit.DONE
    lines = result.stdout.splitlines()
    assert lines[:2] == ["katas/01_alpha  unsolved", "katas/02_beta  unsolved"]
    assert "  ✗ test_one_is_one" in lines
    assert "one() gave 0 [bold]instead[/bold] of 1" in result.stdout
    assert "test_two_is_two" not in result.stdout
    assert lines[-1] == "Hint: dojo hint 01 1"


# Languages


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [
        (["list", "--lang", "fr"], {}),
        (["--lang", "fr", "list"], {}),
        (["list"], {"DOJO_LANG": "fr"}),
        (["list"], {"LANG": "fr_FR.UTF-8"}),
        (["list"], {"LC_ALL": "fr_CA.UTF-8", "LANG": "de_DE.UTF-8"}),
    ],
    ids=["option", "option-before", "DOJO_LANG", "LANG", "LC_ALL"],
)
@pytest.mark.usefixtures("checkout")
def test_french_is_spoken_when_asked(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], variables: dict[str, str]
):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    output = dojo(*arguments).stdout
    assert "Le modèle alpha" in output
    assert "katas/01_alpha/README.fr.md" in output


@pytest.mark.slow
def test_how_one_stands_is_said_in_french(checkout: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DOJO_LANG", "fr")
    assert dojo().stdout.splitlines()[:1] == ["katas/01_alpha  non résolu"]
    dojo("solution", "1", "--yes")
    assert "(non résolu, solution vue)" in dojo("list").stdout


@pytest.mark.usefixtures("checkout")
def test_option_outranks_language_variables(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DOJO_LANG", "fr")
    assert "en 1" in dojo("hint", "1", "--lang", "en").stdout


# Errors: one line on standard error, and a code


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["run", "alhpa"],
            "kata 'alhpa' does not exist; did you mean '01_alpha'? 'dojo list' names them all",
        ),
        (["hint", "7"], "kata '7' does not exist; 'dojo list' names them all"),
        (
            ["hint", "1", "3"],
            "'01_alpha' has no task 3, it has tasks 1 to 2; 'dojo hint 01 1' gives a hint",
        ),
        (["list", "--lang", "de"], "there is no language 'de'; '--lang en' and '--lang fr' are"),
        (
            ["run", "--solutions", "refrence"],
            "--solutions 'refrence' does not exist; did you mean 'reference'?"
            " It may be 'learner', 'reference', a folder or a Python file.",
        ),
    ],
    ids=["kata", "number", "task", "language", "solutions"],
)
@pytest.mark.usefixtures("checkout")
def test_bad_input_is_one_line(arguments: list[str], said: str):
    result = dojo(*arguments)
    assert result.exit_code == Exit.USAGE
    assert result.stdout == ""
    assert result.stderr == f"dojo: {said}\n"


@pytest.mark.parametrize(
    ("arguments", "said", "mended"),
    [
        (["lst"], "No such command 'lst'", "'dojo --help'"),
        (["run", "--colour"], "No such option", "'dojo run --help'"),
        (["hint", "1", "two"], "'[TASK]'", "'dojo hint --help'"),
        (["hint", "1", "--tier", "4"], "'--tier'", "'dojo hint --help'"),
    ],
    ids=["command", "option", "task", "tier"],
)
@pytest.mark.usefixtures("checkout")
def test_bad_usage_names_the_help(arguments: list[str], said: str, mended: str):
    result = dojo(*arguments)
    assert result.exit_code == Exit.USAGE
    (line,) = result.stderr.splitlines()
    assert line.startswith("dojo: ")
    assert said in line
    assert line.endswith(f"{mended} says what there is")


def test_version_names_the_dojo_python_and_the_engines():
    result = dojo("--version")
    assert result.exit_code == Exit.DONE
    assert result.stdout.startswith(f"ml-dojo {metadata.version('ml-dojo')}, Python 3.")
    assert f"prefect {metadata.version('prefect')}" in result.stdout


@pytest.mark.parametrize("command", [[], ["list"], ["run"], ["hint", "1"]])
def test_broken_kata_is_the_authors_error(checkout: Path, command: list[str]):
    (checkout / "katas/02_beta/kata.toml").write_text("number = [")
    result = dojo(*command)
    assert result.exit_code == Exit.AUTHOR_ERROR
    (line,) = result.stderr.splitlines()
    assert line.startswith("dojo: 02_beta/kata.toml is not TOML")
    assert line.endswith("; 'git diff katas' shows what changed")


def test_checkout_without_katas_is_named(checkout: Path):
    (checkout / "katas").rename(checkout / "away")
    (checkout / "katas").mkdir()
    result = dojo("list")
    assert result.exit_code == Exit.ENVIRONMENT
    where = str(checkout / "katas")
    cure = "'dojo init my-katas' makes a folder with them"
    assert result.stderr == f"dojo: no kata is in {where!r}; {cure}\n"


@pytest.mark.slow
def test_run_without_verdict_is_environment(checkout: Path):
    (checkout / "katas/01_alpha/test_alpha.py").write_text("import no_such_module_here\n")
    result = dojo("run", "01")
    assert result.exit_code == Exit.ENVIRONMENT
    assert result.stderr.startswith("dojo: 01_alpha has no verdict: ")
    assert result.stderr.endswith("; 'dojo doctor' looks for the cause\n")


@pytest.mark.usefixtures("checkout")
def test_engine_that_fails_is_environment(monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object) -> None:
        raise EngineError("the cache cannot be used; name another in DOJO_CACHE")

    monkeypatch.setattr("dojo.warm.client.run_cold", fail)
    result = dojo("run", "01")
    assert result.exit_code == Exit.ENVIRONMENT
    assert result.stderr == "dojo: the cache cannot be used; name another in DOJO_CACHE\n"


def test_broken_fixture_is_not_the_learners(checkout: Path, capsys: pytest.CaptureFixture[str]):
    test = TestVerdict("test_x", 1, False, "fixture", "OSError: no disk", 0.1)
    verdict = KataVerdict("01_alpha", "learner", (test,), 0.1)
    show_red(Screen(), load_catalog(checkout)[0], verdict, "", "en")
    assert "Not your code's fault: 'dojo doctor' looks for the cause." in capsys.readouterr().out


# The program in a shell


@pytest.mark.usefixtures("checkout")
def test_program_keeps_errors_off_stdout():
    done = program("run", "gamma")
    assert (done.returncode, done.stdout) == (Exit.USAGE, "")
    assert done.stderr.startswith("dojo: kata 'gamma' does not exist")


@pytest.mark.usefixtures("checkout")
def test_list_imports_no_engine_and_no_pytest():
    code = """
        import sys
        from dojo.cli.door import app
        app(["list"], standalone_mode=False)
        heavy = {"prefect", "mlflow", "dagster", "pytest", "pandas", "requests"}
        print(sorted(heavy & set(sys.modules)))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.slow
@pytest.mark.usefixtures("checkout")
def test_ascii_output_replaces_signs_and_accents():
    done = program("run", "01", "--lang", "fr", PYTHONIOENCODING="ascii")
    assert done.returncode == Exit.UNSOLVED
    assert done.stdout.isascii()
    assert "  x test_one_is_one" in done.stdout
    assert "Le mod?le alpha" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["list"], Exit.DONE), (["run", "01"], Exit.UNSOLVED)],
    ids=["list", "run"],
)
@pytest.mark.parametrize("as_json", [[], ["--json"]], ids=["words", "json"])
@pytest.mark.usefixtures("checkout")
def test_closed_pipe_keeps_the_exit_code(arguments: list[str], code: Exit, as_json: list[str]):
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "dojo", *arguments, *as_json],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (code, "")


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals a process group")
def test_ctrl_c_ends_run_without_traceback(checkout: Path, tmp_path: Path):
    begun, temporary = tmp_path / "begun", tmp_path / "temporary"
    temporary.mkdir()
    (checkout / "katas/01_alpha/alpha.py").write_text(
        f"import pathlib, time\ndef one():\n    pathlib.Path({str(begun)!r}).touch()\n"
        "    time.sleep(600)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "dojo", "run", "01"],
        env={**os.environ, "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    await_(begun.exists)
    os.killpg(process.pid, signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == Exit.INTERRUPTED
    assert (output, errors) == ("", "dojo: interrupted; 'dojo' goes on where you were\n")
    await_(lambda: not list(temporary.glob("dojo-*")))


def await_(happens) -> None:
    end = time.monotonic() + 60
    while not happens():
        assert time.monotonic() < end
        time.sleep(0.02)


# The screen


@pytest.mark.parametrize(
    ("variables", "stream", "is_coloured"),
    [
        ({}, Terminal(), True),
        ({"NO_COLOR": "1"}, Terminal(), False),
        ({}, io.StringIO(), False),
        ({"FORCE_COLOR": "1"}, io.StringIO(), False),
    ],
    ids=["terminal", "NO_COLOR", "pipe", "FORCE_COLOR-pipe"],
)
@pytest.mark.usefixtures("checkout")
def test_colour_is_for_terminals_only(
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    stream: io.StringIO,
    is_coloured: bool,
):
    monkeypatch.setenv("TERM", "xterm-256color")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    screen = Screen(stream)
    screen.print(screen.mark(True))
    screen.say("bold", "bold")
    assert ("\x1b" in stream.getvalue()) is is_coloured


@pytest.mark.usefixtures("checkout")
def test_messages_keep_brackets_and_fit_80_columns():
    stream = io.StringIO()
    show_indented(
        Screen(stream), "waits [red][60.0] :smile: \x1b[31m" + "word " * 40 + "\n    code"
    )
    lines = stream.getvalue().splitlines()
    assert lines[0].startswith("    waits [red][60.0] :smile: [31mword word")
    assert all(len(line) <= 80 and line == line.rstrip() for line in lines)
    assert lines[-1] == "        code"


def test_catalogue_keeps_long_titles_whole(checkout: Path):
    path = checkout / "katas/01_alpha/kata.toml"
    title = " ".join(["[title]"] * 20)
    path.write_text(path.read_text(encoding="utf-8").replace('"The alpha"', f'"{title}"'), "utf-8")
    assert load_catalog(checkout)[0].title.en == title
    output = dojo("list").stdout
    assert output.count("[title]") == 20
    assert max(map(len, output.splitlines())) <= 80

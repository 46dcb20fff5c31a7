"""`dojo replay` on a made-up kata that needs no engine: what it shows, writes and refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dojo.catalog.kata import Kata, load_catalog
from dojo.cli.door import app
from dojo.ground.exits import Exit
from dojo.terminal import replays
from tests.made_up_katas import write_checkout, write_kata
from tests.replay.made_up import retried, story

SOLUTION = "def one():\n    return '<b>1</b>'\n\n\ndef two():\n    return 2\n"
TESTS = """
def test_one(solution):
    assert solution.one() == 1, "it is none"

def test_two(solution):
    assert solution.two() == 2
"""
PAGE = (
    "# Demo\n\n## What the tests look at\n\n- **The value**: what `one`\n  returns.\n\n## Links\n"
)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("checkout")
    write_checkout(root)
    folder = write_kata(root, SOLUTION, TESTS, "test_one", "test_two")
    (folder / "README.md").write_text(PAGE)
    (root / "reference/01_demo").mkdir(parents=True)
    (root / "reference/01_demo/demo.py").write_text(SOLUTION)
    return root


def dojo(checkout: Path, *arguments: str) -> Result:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(checkout)
        patch.setenv("COLUMNS", "80")
        return CliRunner().invoke(app, ["replay", *arguments])


@pytest.fixture(scope="module")
def shown(checkout: Path) -> Result:
    """Ask for no test: the first red one is shown."""
    return dojo(checkout, "01", "--html", "run.html", "--lang", "en")


@pytest.mark.slow
def test_first_red_test_is_shown_with_its_calls(shown: Result) -> None:
    assert shown.exit_code == Exit.DONE
    assert shown.output.splitlines()[0] == "01_demo, test_one: red"
    assert "one       returned '<b>1</b>'" in shown.output


def test_test_without_a_run_says_what_is_looked_at(shown: Result) -> None:
    said = shown.output.splitlines()

    assert "No run of an engine was made. What the tests look at:" in said
    assert "- The value: what `one` returns." in said


def test_page_is_written_and_named(shown: Result, checkout: Path) -> None:
    page = (checkout / "run.html").read_text()

    assert shown.output.splitlines()[-1] == "In a browser: run.html"
    assert "returned '&lt;b&gt;1&lt;/b&gt;'" in page


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["01", "test_on"], "has no test 'test_on'; did you mean 'test_one'? 'dojo run 01' names"),
        (["07"], "kata '07' does not exist"),
        (["01", "--open"], "'--open' shows a page: name it with '--html FILE'"),
        (["01", "test_one", "more"], "'more' is too much; 'dojo replay 02 test_x' shows a test"),
        (["nothing.py", "--html", "x.html"], "'nothing.py' is no file; 'dojo replay 02' shows"),
        (["01", "--solutions", "nowhere"], "'nowhere' does not exist"),
    ],
)
def test_bad_question_is_one_line(checkout: Path, arguments: list[str], line: str) -> None:
    asked = dojo(checkout, *arguments)

    assert asked.exit_code == Exit.USAGE
    assert line in asked.output
    assert len(asked.output.splitlines()) == 1


def demo(checkout: Path) -> Kata:
    return load_catalog(checkout)[0]


def test_damaged_kept_replay_is_one_line(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def record(*_: object) -> None:
        raise replays.StoryError("replay.jsonl, line 2: it is no JSON")

    monkeypatch.setattr("dojo.warm.replays.record", record)
    asked = dojo(checkout, "01", "test_one")

    assert asked.exit_code == Exit.ENVIRONMENT
    assert asked.output == (
        "dojo: 01_demo has no replay: replay.jsonl, line 2: it is no JSON;"
        " 'git checkout reference' brings back what was kept\n"
    )


def test_mine_is_above_the_references(checkout: Path) -> None:
    one = replays.Replay(
        demo(checkout), "test_one", None, story(retried(1, 0, 10)), story(retried(1, 0, 60))
    )
    lines = replays.lines(one)

    assert [line.split()[0] for line in lines if line.endswith("✓ Completed")] == ["≠", "load"]
    assert lines[-1] == "≠ load: waits 10 s; reference: 60 s"
    assert "reference: 60 s" in replays.whole_page(one)


def test_file_that_broke_off_is_said_to_have(checkout: Path) -> None:
    one = replays.Replay(demo(checkout), "test_one", None, None, None)

    assert replays.lines(one)[2].startswith("Nothing was recorded of yours: it broke off before")


def test_record_is_told_to_programs(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = replays.Replay(demo(checkout), "test_two", None, story(retried(1, 0, 10)), None)
    monkeypatch.setattr(replays, "replay", lambda *_: found)
    told = json.loads(dojo(checkout, "01", "two", "--json").output)

    assert (told["schema"], told["test"], told["differences"]) == (1, "test_two", [])
    assert told["yours"]["runs"][0]["name"] == "load"

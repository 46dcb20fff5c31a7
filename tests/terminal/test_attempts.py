"""The log of a learner's attempts: what is in it, what it can never do, what a class's says."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dojo.catalog import attempts
from dojo.catalog.attempts import Attempt, attempt_of, forget, log_attempt, read_attempts
from dojo.catalog.kata import Kata
from dojo.catalog.verdict import KataVerdict, TestVerdict
from dojo.catalog.whereabouts import remember_tier
from dojo.cli.door import app
from dojo.ground.exits import Exit
from dojo.mistakes.stuck import handed_in, places
from tests.terminal.test_progress import make_kata


@pytest.fixture
def kata(tmp_path: Path) -> Kata:
    return make_kata(tmp_path / "learner")


def saw(kata: Kata, **causes: str) -> KataVerdict:
    tests = tuple(
        TestVerdict(f"test_{name}", "ab".index(name) + 1, cause == "passed", cause, "", 0.1)
        for name, cause in causes.items()
    )
    return KataVerdict(kata.id, "learner", tests, 0.2)


def logged(kata: Kata) -> list[Attempt]:
    path = kata.root / attempts.FILE
    return read_attempts(path) if path.exists() else []


def test_attempt_says_task_red_tests_and_tier(kata: Kata) -> None:
    remember_tier(kata, 1, 2)
    now = datetime.datetime(2026, 3, 2, 9, 30, tzinfo=datetime.timezone.utc)
    one = attempt_of(kata, saw(kata, a="assertion", b="stub"), now)
    assert one.model_dump(mode="json", by_alias=True) == {
        "schema": 1,
        "when": "2026-03-02T09:30:00Z",
        "kata": "01_demo",
        "task": 1,
        "red": ["test_a"],
        "todo": [2],
        "tier": 2,
    }


@pytest.mark.parametrize(
    ("causes", "task", "red", "todo"),
    [
        ({"a": "stub", "b": "stub"}, 1, (), (1, 2)),
        ({"a": "passed", "b": "exception"}, 2, ("test_b",), ()),
        ({"a": "passed", "b": "passed"}, None, (), ()),
    ],
    ids=["stubs", "second", "solved"],
)
def test_attempt_is_at_the_first_unsolved_task(kata: Kata, causes, task, red, todo) -> None:
    one = attempt_of(kata, saw(kata, **causes))
    assert (one.task, one.red, one.todo) == (task, red, todo)


def test_nothing_of_the_learners_file_is_logged(kata: Kata) -> None:
    kata.stub_file.write_text("secret_name = 'secret text'\n")
    message = TestVerdict("test_a", 1, False, "assertion", "secret text", 0.1, "secret output")
    log_attempt(kata, KataVerdict(kata.id, "learner", (message,), 0.1))
    text = (kata.root / attempts.FILE).read_text()
    assert "test_a" in text
    assert "secret" not in text


def test_same_result_is_logged_once(kata: Kata) -> None:
    for causes in ({"a": "stub"}, {"a": "stub"}, {"a": "assertion"}, {"a": "stub"}):
        log_attempt(kata, saw(kata, **causes))
    assert [one.red for one in logged(kata)] == [(), ("test_a",), ()]


@pytest.mark.parametrize(
    "content", [b"{\n", b"\xff\xfe\n", b"[1]\n", b""], ids=["json", "text", "list", "empty"]
)
def test_damaged_log_stops_no_run(kata: Kata, content: bytes) -> None:
    (kata.root / ".dojo").mkdir()
    (kata.root / attempts.FILE).write_bytes(content)
    log_attempt(kata, saw(kata, a="assertion"))
    log_attempt(kata, saw(kata, a="stub"))


def test_log_that_cannot_be_written_stops_no_run(kata: Kata) -> None:
    (kata.root / ".dojo").write_text("")
    log_attempt(kata, saw(kata, a="assertion"))
    assert not (kata.root / attempts.FILE).exists()


def test_log_that_is_killed_in_the_middle_is_the_old_one(
    kata: Kata, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_attempt(kata, saw(kata, a="stub"))
    before = (kata.root / attempts.FILE).read_bytes()

    def killed(path: Path, _: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pathlib.Path.replace", killed)
    with pytest.raises(KeyboardInterrupt):
        log_attempt(kata, saw(kata, a="assertion"))
    assert (kata.root / attempts.FILE).read_bytes() == before


def test_long_log_loses_its_older_half(kata: Kata, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "MOST_BYTES", 400)
    for number in range(12):
        log_attempt(kata, saw(kata, a="assertion" if number % 2 else "stub"))
    assert 2 <= len(logged(kata)) < 8
    assert logged(kata)[-1].red == ("test_a",)


def test_fault_and_empty_run_are_no_attempts(kata: Kata) -> None:
    log_attempt(kata, KataVerdict(kata.id, "learner", (), 0.1))
    log_attempt(kata, KataVerdict(kata.id, "learner", (), 0.1, "the server died"))
    assert logged(kata) == []


def test_switch_holds_until_it_is_put_back(kata: Kata) -> None:
    log_attempt(kata, saw(kata, a="stub"))
    assert forget(kata.root, off=True)
    log_attempt(kata, saw(kata, a="stub"))
    assert not forget(kata.root)
    log_attempt(kata, saw(kata, a="stub"))
    assert logged(kata) == []
    forget(kata.root, off=False)
    log_attempt(kata, saw(kata, a="stub"))
    assert len(logged(kata)) == 1


def test_forget_says_what_it_did(kata: Kata, monkeypatch: pytest.MonkeyPatch) -> None:
    (kata.root / "conftest.py").write_text("")
    monkeypatch.chdir(kata.root)
    log_attempt(kata, saw(kata, a="stub"))
    off, again, on = (
        CliRunner().invoke(app, ["forget", *more]) for more in (["--off"], [], ["--on"])
    )
    assert off.stdout.splitlines() == [
        "Your attempts are forgotten.",
        "New ones are not logged; 'dojo forget --on' changes that.",
    ]
    assert again.stdout.splitlines()[0] == "No attempts were logged."
    assert on.stdout.splitlines()[1] == "New ones are logged; 'dojo forget --off' changes that."


# A class


def line(task: int | None, *red: str, minute: int = 0, tier: int = 0, kata: str = "01_demo") -> str:
    when = f"2026-03-02T09:{minute:02d}:00+00:00"
    record = {"schema": 1, "when": when, "kata": kata, "task": task, "red": red, "tier": tier}
    return json.dumps(record) + "\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "attempts"
    (folder / "ada" / ".dojo").mkdir(parents=True)
    (folder / "ada/.dojo/attempts.jsonl").write_text(
        line(1, minute=1)
        + "".join(line(2, "test_b", minute=2 + n, tier=min(n, 3)) for n in range(6))
    )
    (folder / "bob.jsonl").write_text(line(2, "test_b", "test_c", minute=9) + line(2, minute=3))
    (folder / "cyd").mkdir()
    (folder / "cyd/attempts.jsonl").write_text(line(1) + line(None, minute=1))
    return folder


def test_class_is_read_whatever_way_it_was_handed_in(folder: Path) -> None:
    left_out: list[str] = []
    found = handed_in(folder, left_out.append)
    assert {name: len(runs) for name, runs in found.items()} == {"ada": 7, "bob": 2, "cyd": 2}
    assert left_out == []
    (place,) = places(found)
    assert (place.kata, place.task, place.learners, place.stuck) == (
        ("01_demo", 2, ("ada", "bob"), ("ada",))
    )
    assert (place.tries, place.opened, place.test, place.red) == (4.0, 1, "test_b", 2)


def test_damaged_and_foreign_files_cost_only_themselves(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "eve.jsonl").write_bytes(b"\xff\xfe\x00")
    (folder / "fox.jsonl").write_text('{"schema": 7}\nnonsense\n')
    (folder / "gil.jsonl").write_text(line(1) + '{"schema": 1, "kata": "../../etc"}\n' + "{\n")
    (folder / "hal").mkdir()
    (folder / "hal" / "attempts.jsonl").mkdir()
    (folder / "ida.jsonl").symlink_to("/etc/passwd")
    (folder / "jon\x1b[2J.jsonl").write_text("x\n")
    done = CliRunner().invoke(app, ["report", "--attempts", str(folder)])
    assert done.exit_code == Exit.INCOMPLETE
    assert done.stderr.splitlines() == [
        "dojo: eve.jsonl is left out: it is no text",
        "dojo: fox.jsonl is left out: no line of it is an attempt of schema 1",
        "dojo: gil.jsonl: 2 of its lines cannot be read and are left out",
        "dojo: hal/attempts.jsonl is left out: Is a directory",
        r"dojo: jon\u001b[2J.jsonl is left out: no line of it is an attempt of schema 1",
    ]
    rows = [one.split() for one in done.stdout.splitlines()]
    assert rows[0] == ["kata", "task", "at", "it", "stuck", "tries", "hint", "3", "mostly", "red"]
    assert rows[1] == ["01_demo", "2", "2", "1", "4", "1", "test_b", "(2)"]
    assert rows[2] == ["01_demo", "1", "1", "0", "1", "0", "not", "begun"]
    assert rows[3] == ["01_demo,", "task", "2:", "ada"]
    monkeypatch.setenv("DOJO_LANG", "fr")
    asked = CliRunner().invoke(app, ["report", "--attempts", str(folder)]).stdout
    assert asked.splitlines()[0].split() == [
        *("kata", "tâche", "y", "travaillent", "bloqués", "essais", "indice", "3"),
        *("surtout", "au", "rouge"),
    ]
    assert asked.splitlines()[2].split()[-2:] == ["pas", "commencé"]
    assert done.stdout.splitlines()[-1].startswith("4 learners, 12 runs; stuck: 5 runs and more")


def test_log_that_is_too_long_is_left_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "MOST_BYTES", 100)
    left_out: list[str] = []
    assert sorted(handed_in(folder, left_out.append)) == []
    assert len(left_out) == 3
    assert all("is left out: it has more than" in one for one in left_out)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["report"], "name a results.json, or --attempts and a folder: one of the two"),
        (["report", "results.json", "--attempts", "."], "name a results.json, or --attempts"),
        (
            ["report", "--attempts", "nowhere"],
            "no attempts are in 'nowhere'; each learner hands in",
        ),
    ],
    ids=["nothing", "both", "no-folder"],
)
def test_bad_order_is_one_line(words: list[str], said: str) -> None:
    done = CliRunner().invoke(app, words)
    assert done.exit_code == Exit.USAGE
    assert done.stderr.startswith(f"dojo: {said}")

"""Test the companion without a terminal: keys, saved files, what the runs say, what is shown."""

from __future__ import annotations

import io
import os
import pydoc
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from dojo.catalog.kata import Kata, load_catalog
from dojo.catalog.progress import fingerprint, record_progress
from dojo.catalog.verdict import KataVerdict, TestVerdict
from dojo.catalog.whereabouts import remember_kata
from dojo.ground.exits import EngineError, Exit, Stop
from dojo.ground.files import write_whole
from dojo.terminal.companion.companion import STAY_S, Companion
from dojo.terminal.companion.course import Course, telling_red, untouched_tasks
from dojo.terminal.companion.faces import Plain
from dojo.terminal.companion.runs import Runs, Watch
from dojo.terminal.companion.view import View, words_only
from dojo.terminal.companion.words import Words, names_of
from dojo.terminal.screen import Screen
from tests.made_up_katas import write_checkout

STUB = "one = two = three = None\n"
SOLVED = "one, two, three = 1, 2, 3\n"
NAMES = ("one", "two", "three")
TOML = """
number = {number}
slug = "{slug}"
track = "{track}"
needs = []
title = {{ en = "The {slug}", fr = "Le {slug}" }}
"""
TASK = """
[[tasks]]
points = 10
tests = ["test_{name}", "test_{name}_again"]
title = {{ en = "Count to {name}", fr = "Compter" }}
hints = {{ en = ["look {name}", "think {name}", "write {name}"], fr = ["vois", "pense", "ecris"] }}
"""
KATAS = ((1, "alpha", "prefect"), (2, "beta", "dagster"), (3, "gamma", "prefect"))
LONG = "It gave what it should not: in production that is a night without customers. " * 12
DEADLINE_S = 60


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "checkout"
    for number, slug, track in KATAS:
        folder = root / "katas" / f"{number:02d}_{slug}"
        folder.mkdir(parents=True)
        toml = TOML.format(number=number, slug=slug, track=track)
        tasks = "".join(TASK.format(name=name) for name in NAMES)
        (folder / "kata.toml").write_text(toml + tasks)
        (folder / f"{slug}.py").write_text(STUB)
        (folder / f"test_{slug}.py").write_text("")
        (folder / "README.md").write_text("page")
        kept = root / ".dojo" / "original" / "katas" / folder.name
        kept.mkdir(parents=True)
        (kept / f"{slug}.py").write_text(STUB)
    write_checkout(root)
    monkeypatch.setenv("DOJO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("DOJO_LANG", "en")
    monkeypatch.setenv("TERM", "xterm")
    for name in ("NO_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(root)
    return root


def verdict_on(kata: Kata) -> KataVerdict:
    """Judge a file whose lines say what each task gives: nothing, the right number, or another."""
    given: dict[str, object] = {}
    exec(kata.stub_file.read_text(), given)
    tests = []
    for number, name in enumerate(NAMES, start=1):
        passed, is_stub = given[name] == number, given[name] is None
        cause = "passed" if passed else "stub" if is_stub else "assertion"
        message = "" if passed else f"{name} is still a stub" if is_stub else f"{name}: {LONG}"
        for more in ("", "_again"):
            tests.append(TestVerdict(f"test_{name}{more}", number, passed, cause, message, 0.1))
    return KataVerdict(kata.id, "learner", tuple(tests), 0.1)


def solve(kata: Kata) -> None:
    kata.stub_file.write_text(SOLVED)
    record_progress(kata, verdict_on(kata), fingerprint(kata))


class FakeWarm:
    """Gives a verdict at once, or what `fails` says; remembers what was run, and what first."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.first: list[int] = []
        self.again: list[list[str]] = []
        self.closed = 0
        self.fails: Exception | None = None

    def run(
        self,
        kata: Kata,
        _: str,
        on_test: Callable[[TestVerdict], None],
        first: int,
        again: Sequence[str],
    ) -> KataVerdict:
        self.ran.append(kata.id)
        self.first.append(first)
        self.again.append([*again])
        if self.fails is not None:
            raise self.fails
        of = fingerprint(kata)
        verdict = verdict_on(kata)
        for test in sorted(verdict.tests, key=lambda test: test.task != first):
            on_test(test)
        record_progress(kata, verdict, of)
        return verdict

    def close(self) -> None:
        self.closed += 1


class Face:
    """Sees every desk, and draws none."""

    def __init__(self) -> None:
        self.outcomes: list[str] = []

    def show(self, desk) -> None:
        if not self.outcomes or self.outcomes[-1] != desk.outcome:
            self.outcomes.append(desk.outcome)


class Table:
    """A companion with a fake warm parent and clock, and a frame that can be read."""

    def __init__(self, root: Path, face=None, alike=lambda *_: []) -> None:
        self.root = root
        self.warm = FakeWarm()
        self.now = 0.0
        self.face = face or Face()
        self.runs = Runs(lambda: self.warm)  # type: ignore[arg-type,return-value]
        self.course = Course(load_catalog(root))
        self.alike = alike
        self.companion = Companion(
            root,
            self.course,
            self.runs,
            self.face,
            "en",
            alike=alike,
            clock=lambda: self.now,
        )

    @property
    def desk(self):
        return self.companion.desk

    def press(self, *keys: str) -> None:
        for key in keys:
            assert self.companion.press(key)

    def save(self, text: str, kata: str = "01_alpha") -> None:
        # Whole: a run of the fake's may read it just then.
        write_whole(self.root / "katas" / kata / f"{kata[3:]}.py", text)
        self.companion.look()

    def stay(self) -> None:
        self.now += STAY_S
        self.companion.look()

    def settle(self, width: int = 80, height: int = 24) -> list[str]:
        """Hear until no run goes on; return the lines of the frame."""
        end = time.monotonic() + DEADLINE_S
        self.companion.hear()
        while self.runs.busy:
            assert time.monotonic() < end
            time.sleep(0.001)
            self.companion.hear()
        return self.frame(width, height)

    def frame(self, width: int = 80, height: int = 24) -> list[str]:
        screen = Screen(io.StringIO())
        lines = View(screen, Words("en")).frame(self.desk, width, height)
        return words_only(lines).split("\n")


@pytest.fixture
def table(checkout: Path) -> Table:
    table = Table(checkout)
    table.companion.begin()
    return table


# The course


def test_course_begins_at_first_unsolved(checkout: Path):
    katas = load_catalog(checkout)
    solve(katas[0])
    assert Course(katas).kata.id == "02_beta"


def test_course_of_solved_katas_begins_at_last(checkout: Path):
    katas = load_catalog(checkout)
    for kata in katas:
        solve(kata)
    assert Course(katas).kata.id == "03_gamma"


def test_course_begins_where_one_was(checkout: Path):
    katas = load_catalog(checkout)
    remember_kata(katas[2])
    assert Course(katas).kata.id == "03_gamma"
    assert Course(katas[:2]).kata.id == "01_alpha"
    assert Course(katas, katas[1]).kata.id == "02_beta"


@pytest.mark.parametrize("content", ["{", "[]", '{"schema": 1, "at": 3, "tiers": []}', '{"at": 1}'])
def test_damaged_memory_is_none(checkout: Path, content: str):
    (checkout / ".dojo/companion.json").write_text(content)
    course = Course(load_catalog(checkout))
    assert (course.kata.id, course.tier) == ("01_alpha", 0)
    assert course.open_hint() == 1
    assert Course(load_catalog(checkout)).tier == 1


def test_course_stops_at_both_ends(checkout: Path):
    course = Course(load_catalog(checkout))
    assert not course.go(-1)
    assert course.go(1)
    assert course.go(1)
    assert course.is_last
    assert not course.go(1)
    assert course.kata.id == "03_gamma"


def test_hint_tiers_advance_to_the_third_and_survive(checkout: Path):
    course = Course(load_catalog(checkout))
    assert [course.open_hint() for _ in range(4)] == [1, 2, 3, 3]
    assert Course(load_catalog(checkout)).tier == 3
    course.go(1)
    assert course.open_hint() == 1


def test_hints_are_given_where_nothing_can_be_written(tmp_path: Path, checkout: Path):
    (checkout / ".dojo").rename(tmp_path / "away")
    (checkout / ".dojo").write_text("")
    course = Course(load_catalog(checkout))
    course.stay()
    assert [course.open_hint() for _ in range(3)] == [1, 2, 3]


def a_test(task: int, cause: str) -> TestVerdict:
    return TestVerdict(f"test_{task}_{cause}", task, cause == "passed", cause, "", 0.1)


@pytest.mark.parametrize(
    ("tests", "told"),
    [
        ([(1, "passed"), (2, "assertion"), (3, "assertion")], (2, "assertion")),
        ([(1, "assertion"), (2, "stub"), (3, "assertion")], (1, "assertion")),
        ([(1, "assertion"), (3, "assertion"), (2, "assertion")], (2, "assertion")),
        ([(1, "stub"), (2, "stub"), (3, "stub")], (2, "stub")),
        ([(3, "stub"), (1, "stub"), (2, "passed")], (1, "stub")),
        ([(1, "passed"), (2, "passed")], None),
    ],
    ids=["next-begun", "begun-before-stub", "own-first", "own-stub", "first-stub", "green"],
)
def test_message_that_matters_is_the_current_tasks(tests, told):
    red = telling_red([a_test(*one) for one in tests], task=2)
    assert (red and (red.task, red.cause)) == told


def test_task_whose_function_is_as_handed_out_is_not_begun(checkout: Path):
    stub = "def one():\n    # TODO(kata): task 1\n    raise NotImplementedError\n\n\n"
    stub += "def two():\n    # TODO(kata): task 2\n    raise NotImplementedError\n"
    (checkout / ".dojo/original/katas/01_alpha/alpha.py").write_text(stub)
    kata = load_catalog(checkout)[0]
    kata.stub_file.write_text(stub.replace("raise NotImplementedError", "return 1", 1))
    assert untouched_tasks(kata) == {2}
    red = telling_red([a_test(2, "assertion"), a_test(3, "exception")], 2, untouched_tasks(kata))
    assert red is not None
    assert red.task == 3
    kata.stub_file.write_text("def one(:\n")
    assert untouched_tasks(kata) == frozenset()
    kata.stub_file.unlink()
    assert untouched_tasks(kata) == frozenset()


def test_kata_that_vanished_gives_the_next(checkout: Path):
    katas = load_catalog(checkout)
    course = Course(katas)
    course.renew(katas[1:])
    assert course.kata.id == "02_beta"


# The watch


def test_first_look_sees_no_change(tmp_path: Path):
    file = tmp_path / "file.py"
    file.write_text("1")
    watch = Watch()
    assert watch.changed([file]) == []
    assert watch.changed([file]) == []


def test_saved_file_is_seen_once(tmp_path: Path):
    file = tmp_path / "file.py"
    file.write_text("1")
    watch = Watch()
    watch.changed([file])
    file.write_text("12")
    assert watch.changed([file]) == [file]
    assert watch.changed([file]) == []


def test_same_size_save_is_seen_by_time(tmp_path: Path):
    file = tmp_path / "file.py"
    file.write_text("1")
    watch = Watch()
    watch.changed([file])
    os.utime(file, ns=(1, 1))
    assert watch.changed([file]) == [file]


def test_file_replaced_by_editor_is_seen_when_back(tmp_path: Path):
    file = tmp_path / "file.py"
    file.write_text("1")
    watch = Watch()
    watch.changed([file])
    file.unlink()
    assert watch.changed([file]) == []
    file.write_text("new")
    assert watch.changed([file]) == [file]


def test_file_emptied_by_editor_is_seen_when_written(tmp_path: Path):
    file = tmp_path / "file.py"
    file.write_text("1")
    watch = Watch()
    watch.changed([file])
    file.write_text("")
    assert watch.changed([file]) == []
    file.write_text("2")
    assert watch.changed([file]) == [file]


def test_file_that_stays_away_is_seen_once(tmp_path: Path):
    file = tmp_path / "file.py"
    file.write_text("1")
    watch = Watch()
    watch.changed([file])
    file.unlink()
    seen = [watch.changed([file]) for _ in range(100)]
    assert [one for one in seen if one] == [[file]]
    assert seen[0] == []


def test_file_renamed_over_with_time_and_size_kept_is_seen(tmp_path: Path):
    file, other = tmp_path / "file.py", tmp_path / ".file.py.swp"
    file.write_text("1")
    status = file.stat()
    watch = Watch()
    watch.changed([file])
    other.write_text("2")
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    other.replace(file)
    assert watch.changed([file]) == [file]


def test_lock_and_backup_beside_the_file_are_no_save(tmp_path: Path):
    file = tmp_path / "file.py"
    file.write_text("1")
    watch = Watch()
    watch.changed([file])
    for name in (".#file.py", "file.py~", ".file.py.swp", "4913", "file.py___jb_tmp___"):
        (tmp_path / name).write_text("x")
    assert watch.changed([file]) == []


def test_file_that_appears_later_is_seen(tmp_path: Path):
    file = tmp_path / "file.py"
    watch = Watch()
    assert watch.changed([file]) == []
    file.write_text("1")
    assert watch.changed([file]) == [file]


# The companion without a terminal


def test_beginning_shows_kata_task_message_and_keys(table: Table):
    lines = table.settle()
    assert lines[0].split() == ["01_alpha", "The", "alpha", "kata", "1", "of", "3"]
    assert lines[1].endswith("0 of 9 tasks solved")
    assert lines[2] == "  katas/01_alpha/   o README.md   e alpha.py"
    assert lines[4:7] == ["Task 1  Count to one", "✗ test_one", "    one is still a stub"]
    assert lines[8:10] == [
        "· Task 2  Count to two   not begun",
        "· Task 3  Count to three   not begun",
    ]
    assert lines[-2] == "0 of 6 tests are green."
    assert lines[-1].startswith("h hint")
    assert table.face.outcomes[1] == "Starting the engines: about five seconds, once ..."


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 10), (200, 60), (12, 3)])
def test_frame_fits_and_has_the_keys(table: Table, size: tuple[int, int]):
    table.save("one, two, three = 5, 6, None\n")
    table.press("h")
    lines = table.settle(*size)
    assert len(lines) == size[1]
    assert lines[-1].startswith("h hint")


def test_task_message_hint_and_keys_are_there_at_once(table: Table):
    table.save("one, two, three = 5, 6, None\n")
    table.settle()
    table.press("h")
    lines = table.frame()
    at = [lines.index(one) for one in ("Task 1  Count to one", "✗ test_one")]
    at.append(next(n for n, one in enumerate(lines) if one.startswith("    one: It gave")))
    at.append(lines.index("Hint 1 of 3, task 1"))
    at.append(lines.index("    look one"))
    at.append(lines.index("0 of 6 tests are green."))
    assert at == sorted(at)
    assert max(map(len, lines)) <= 80


def test_long_message_is_scrolled_and_the_end_is_reached(table: Table):
    table.save("one, two, three = 5, 6, None\n")
    lines = table.settle(80, 16)
    (left,) = [line for line in lines if "more lines (down)" in line]
    assert left == "    ... 11 more lines (down)"
    table.press(*["down"] * 50)
    lines = table.frame(80, 16)
    assert "· Task 3  Count to three   not begun" in lines
    assert not [line for line in lines if "more lines" in line]
    table.press(*["page up"] * 5)
    assert "✗ test_one" in table.frame(80, 16)


def test_current_tasks_tests_are_asked_for_first(table: Table):
    table.settle()
    table.save("one, two, three = 1, 6, None\n")
    assert "✗ Task 2" not in table.settle()
    table.save("one, two, three = 1, 7, None\n")
    table.settle()
    assert table.warm.first == [1, 1, 2]
    assert table.desk.red is not None
    assert table.desk.red.test == "test_two"


def test_what_was_red_is_asked_for_before_the_rest(table: Table):
    table.settle()
    table.save("one, two, three = 1, 2, 4\n")
    table.settle()
    table.save("one, two, three = 1, 2, 5\n")
    table.settle()
    assert table.warm.again[0] == []
    assert table.warm.again[2] == ["test_three", "test_three_again"]


def test_message_that_is_shown_stays_when_its_test_was_red_all_the_same(table: Table):
    table.settle()
    red = TestVerdict("test_one_again", 1, False, "assertion", "it gave 5", 0.1)
    table.desk.begin_run("")
    table.desk.take_test(red)
    table.save("one, two, three = 5, None, None\n")
    verdict = verdict_on(table.course.kata)
    table.desk.end_run([verdict.tests[0], red], verdict.tests[0])
    assert table.desk.red == red
    table.desk.begin_run("")
    table.desk.end_run(verdict.tests[:1], verdict.tests[0])
    assert table.desk.red == verdict.tests[0]


def test_first_red_message_is_shown_while_the_rest_runs(table: Table):
    table.settle()
    table.runs.ask(table.course.kata, 1)
    table.settle()
    red = TestVerdict("test_one", 1, False, "assertion", "it gave 5", 0.1)
    table.runs.events.put(("start", table.course.kata))
    table.runs.events.put(("test", red))
    table.companion.hear()
    lines = table.frame()
    assert lines[5:7] == ["✗ test_one", "    it gave 5"]
    assert lines[-2] == "Running the tests ... 1"
    assert "· Task 2  Count to two   not run yet" in lines


def test_old_message_stays_until_there_is_another(table: Table):
    table.save("one, two, three = 5, 6, None\n")
    table.settle()
    table.runs.events.put(("start", table.course.kata))
    table.companion.hear()
    assert table.desk.is_old
    assert "✗ test_one" in table.frame()


def test_other_red_messages_come_one_after_the_other(table: Table):
    table.save("one, two, three = 5, 6, None\n")
    assert "    3 more red: m shows the next" in table.settle(120, 40)
    seen = []
    for _ in range(5):
        table.press("m")
        assert table.desk.red is not None
        seen.append(table.desk.red.test)
    assert seen == ["test_one_again", "test_two", "test_two_again", "test_one", "test_one_again"]
    table.save("one, two, three = 5, 7, None\n")
    table.settle()
    assert table.desk.red.test == "test_one_again"


def test_waiting_tasks_are_said(checkout: Path, monkeypatch: pytest.MonkeyPatch):
    toml = checkout / "katas/01_alpha/kata.toml"
    toml.write_text("in_order = true\n" + toml.read_text())
    first = verdict_on(load_catalog(checkout)[0]).tests[:2]
    monkeypatch.setattr(
        "tests.terminal.test_companion.verdict_on",
        lambda kata: KataVerdict(kata.id, "learner", first, 0.1),
    )
    table = Table(checkout)
    table.companion.begin()
    lines = table.settle()
    assert lines[-2] == "0 of 2 tests are green. Tasks 2 to 3 wait for task 1."
    assert "· Task 2  Count to two   not run yet" in lines


def test_saved_file_is_run_again_and_solved(table: Table):
    table.settle()
    table.companion.look()
    assert table.warm.ran == ["01_alpha"]
    table.save(SOLVED)
    lines = table.settle()
    assert table.warm.ran == ["01_alpha"] * 2
    assert lines[-2] == "Solved! What it teaches is in katas/01_alpha/README.md; n goes on."
    assert lines[1].endswith("3 of 9 tasks solved")
    assert "✗" not in "".join(lines)


@pytest.mark.parametrize("name", ["test_alpha.py", "kata.toml"])
def test_saved_tests_or_catalogue_are_run_again(table: Table, checkout: Path, name: str):
    table.settle()
    path = checkout / "katas/01_alpha" / name
    path.write_text(f"{path.read_text()}\n")
    table.companion.look()
    table.settle()
    assert len(table.warm.ran) == 2


def test_broken_catalogue_waits_for_its_repair(table: Table, checkout: Path):
    table.settle()
    path = checkout / "katas/01_alpha/kata.toml"
    good = path.read_text()
    path.write_text("number = [")
    table.companion.look()
    table.settle()
    assert table.desk.notice.startswith("01_alpha/kata.toml is not TOML")
    assert table.desk.notice.endswith("; the tests run when it is mended")
    assert len(table.warm.ran) == 1
    path.write_text(good)
    table.companion.look()
    table.settle()
    assert len(table.warm.ran) == 2


def test_save_during_run_is_run_afterwards(table: Table):
    assert table.runs.busy
    table.save(SOLVED)
    assert table.desk.notice == "The tests run again as soon as this run has ended."
    table.press("r")
    assert table.settle()[-2].startswith("Solved!")
    assert len(table.warm.ran) == 2


# Where one goes


def test_passing_by_starts_no_run(table: Table):
    table.settle()
    table.press("n")
    assert table.frame()[0].startswith("02_beta")
    assert table.frame()[-2] == "The tests run when you stay."
    table.now += STAY_S / 2
    table.companion.look()
    table.press("right")
    table.now += STAY_S / 2
    table.companion.look()
    table.settle()
    assert table.warm.ran == ["01_alpha"]
    table.stay()
    table.settle()
    assert table.warm.ran == ["01_alpha", "03_gamma"]
    assert Course(load_catalog(table.root)).kata.id == "03_gamma"


def test_ends_of_the_course_are_said(table: Table):
    table.settle()
    table.press("b")
    assert table.desk.notice == "This is the first kata."
    table.press("n", "n", "n")
    assert table.desk.notice == "This is the last kata."
    table.press("left")
    assert table.frame()[0].startswith("02_beta")


def test_other_katas_run_is_not_shown(table: Table):
    table.press("n")
    table.stay()
    assert "The other kata's run ends first." in table.face.outcomes
    table.settle()
    assert table.course.verdict is not None
    assert table.course.verdict.kata == "02_beta"
    assert table.warm.ran == ["01_alpha", "02_beta"]


def test_list_moves_and_goes_on_at_a_kata(table: Table):
    table.settle()
    table.press("l", "down", "j", "up")
    assert table.frame()[2:5] == [
        "  · 01_alpha  prefect   0/3 unsolved  The alpha",
        "> · 02_beta   dagster   0/3 unsolved  The beta",
        "  · 03_gamma  prefect   0/3 unsolved  The gamma",
    ]
    assert table.warm.ran == ["01_alpha"]
    table.press("enter")
    assert table.settle()[0].startswith("02_beta")
    assert table.warm.ran == ["01_alpha", "02_beta"]


def test_list_says_solved_changed_and_seen(table: Table):
    from dojo.catalog.progress import record_seen

    table.settle()  # a run that goes on would say otherwise of the first one
    alpha, beta, gamma = load_catalog(table.root)
    solve(alpha)
    solve(beta)
    beta.test_file.write_text("# others\n")
    record_seen(gamma)
    table.press("l")
    notes = [line[23:].rsplit("  ", 1)[0].strip() for line in table.frame()[2:5]]
    assert notes == ["3/3 solved", "0/3 changed since solved", "0/3 unsolved, solution seen"]


def test_list_is_searched(table: Table):
    table.settle()
    table.press("l", "/", *"DaGx", "backspace")
    assert table.frame()[1:3] == [
        "search: DaG_",
        "> · 02_beta  dagster   0/3 unsolved  The beta",
    ]
    table.press("z")
    assert "No kata has that in its name." in table.frame()
    table.press("enter", "enter")
    assert table.warm.ran == ["01_alpha"]
    table.press("/", *"gam", "enter", "enter")
    table.settle()
    assert table.warm.ran == ["01_alpha", "03_gamma"]


def test_letters_of_a_search_are_no_keys(table: Table):
    table.settle()
    table.press("l", "/", "q", "x", "l")
    assert table.desk.listing is not None
    assert table.desk.listing.query == "qxl"
    table.press("escape", "escape")
    assert table.desk.listing is None


def test_kata_is_reset_from_the_list_and_kept(table: Table):
    table.save("one, two, three = 5, 6, None\n")
    table.settle()
    table.press("l", "x")
    assert table.frame()[-2] == (
        "Put katas/01_alpha/alpha.py back to its stub? Your file is kept as a backup. y yes, n no"
    )
    table.press("n")
    assert table.desk.notice == "Nothing was put back."
    table.press("x", "y")
    assert table.desk.notice.startswith("Put back: katas/01_alpha/alpha.py. Undo: dojo reset --re")
    assert table.course.kata.stub_file.read_text() == STUB
    (kept,) = (table.root / ".dojo/backups").iterdir()
    assert kept.read_text() == "one, two, three = 5, 6, None\n"
    table.press("l")
    table.companion.look()
    assert "    one is still a stub" in table.settle()
    table.press("l", "x", "Y")
    assert table.desk.notice == (
        "There is nothing to put back: katas/01_alpha/alpha.py is the stub."
    )


def test_reset_that_cannot_be_done_says_why(table: Table):
    table.settle()
    (table.root / ".dojo/original/katas/01_alpha/alpha.py").unlink()
    table.press("l", "x", "y")
    assert table.desk.notice.startswith("nothing here knows the stub of '01_alpha'")


# Hints


def test_hint_key_gives_next_tier_of_the_current_task(table: Table):
    table.settle()
    shown = []
    for _ in range(4):
        table.press("H")
        shown.append(table.desk.hint)
    assert [title for title, _ in shown] == [f"Hint {n} of 3, task 1" for n in (1, 2, 3, 3)]
    assert [said for _, (said,) in shown] == ["look one", "think one", "write one", "write one"]
    table.save("one, two, three = 1, 6, None\n")
    table.settle()
    assert table.desk.hint == ("", [])
    table.press("h")
    assert table.desk.hint == ("Hint 1 of 3, task 2", ["look two"])


def test_opened_hint_is_there_after_a_restart(table: Table):
    table.settle()
    table.press("h", "h")
    again = Table(table.root)
    again.companion.begin()
    assert "    think one" in again.settle()


def test_first_hint_is_the_mistake_that_is_recognised(checkout: Path):
    asked = []

    def alike(kata: Kata, verdict: KataVerdict, task: int) -> list[str]:
        asked.append((kata.id, len(verdict.tests), task))
        return ["Who takes 429 for final."] if task == 1 else []

    table = Table(checkout, alike=alike)
    table.companion.begin()
    table.settle()
    table.press("h")
    lines = table.frame()
    title = "Before the hints: your task 1 behaves as in a mistake that is known."
    assert lines[lines.index(title) + 1] == "    - Who takes 429 for final."
    assert asked == [("01_alpha", 6, 1)]
    assert table.course.tier == 0
    table.press("h")
    assert table.desk.hint[0] == "Hint 1 of 3, task 1"


# Ends, and what is not foreseen


@pytest.mark.parametrize("key", ["q", "Q", "end of input", "hang up"])
def test_quit_keys_end(table: Table, key: str):
    assert not table.companion.press(key)
    table.companion.press("l")
    assert not table.companion.press(key)


@pytest.mark.slow
def test_unknown_key_does_nothing(table: Table):
    before = table.settle()
    table.press("p", "ü", "tab", "home")
    assert table.settle() == before


def test_last_kata_solved_says_so(table: Table):
    table.settle()
    table.press("n", "n")
    table.save(SOLVED, "03_gamma")
    assert table.settle()[-2].endswith("; this was the last kata.")


def test_run_without_verdict_offers_another(table: Table):
    table.settle()
    table.runs.events.put(("verdict", KataVerdict("01_alpha", "learner", (), 0.1, "it was killed")))
    table.companion.hear()
    assert table.settle()[-2] == "No verdict: it was killed; r tries again, or: dojo doctor"


def test_engine_that_fails_stops_with_environment(table: Table):
    table.settle()
    table.warm.fails = EngineError("no room on disk")
    table.press("r")
    with pytest.raises(Stop, match="no room on disk") as stopped:
        table.settle()
    assert stopped.value.code == Exit.ENVIRONMENT


def test_unforeseen_error_is_not_swallowed(table: Table):
    table.settle()
    table.warm.fails = ZeroDivisionError("a fault of the dojo")
    table.press("r")
    with pytest.raises(ZeroDivisionError, match="a fault of the dojo"):
        table.settle()


def test_stop_closes_the_warm_parent(table: Table):
    table.settle()
    table.runs.stop()
    assert table.warm.closed == 1


def test_stop_before_the_first_run_starts_nothing(checkout: Path):
    table = Table(checkout)
    table.runs.stop()
    assert table.warm.closed == 0


# Lines only


def lines_of(paper: io.StringIO) -> list[str]:
    said = paper.getvalue().splitlines()
    paper.seek(0)
    paper.truncate()
    return said


def test_plain_says_each_thing_once(checkout: Path):
    paper = io.StringIO()
    table = Table(checkout, Plain(Screen(paper), Words("en"), with_keys=True))
    table.companion.begin()
    table.settle()
    table.companion.look()
    said = lines_of(paper)
    assert [line for line in said if line] == [
        "01_alpha  The alpha  kata 1 of 3",
        "────────────────────────  0 of 9 tasks solved",
        "  katas/01_alpha/   o README.md   e alpha.py",
        "h hint  r run  m more  l list  n next  b back  e edit  o page  p replay  q quit",
        "Starting the engines: about five seconds, once ...",
        "Task 1  Count to one",
        "✗ test_one",
        "    one is still a stub",
        "· Task 2  Count to two   not begun",
        "· Task 3  Count to three   not begun",
        "0 of 6 tests are green.",
    ]
    table.press("h")
    assert lines_of(paper) == ["", "Hint 1 of 3, task 1", "    look one"]
    table.save("one, two, three = 1, 6, None\n")
    table.settle()
    said = lines_of(paper)
    assert "✗ test_two" in said
    assert "✗ test_one" not in said
    assert said[-1] == "2 of 6 tests are green."
    assert "\x1b" not in "".join(said)


def test_plain_list_says_where_the_cursor_is(checkout: Path):
    paper = io.StringIO()
    table = Table(checkout, Plain(Screen(paper), Words("en"), with_keys=False))
    table.companion.begin()
    table.settle()
    lines_of(paper)
    table.press("l")
    assert len(lines_of(paper)) == 6
    table.press("down")
    assert lines_of(paper) == ["> · 02_beta   dagster   0/3 unsolved  The beta"]


def test_what_tests_say_drives_no_terminal(table: Table):
    table.settle()
    red = TestVerdict("test_one", 1, False, "assertion", "a \x1b[2J\x1b]0;t\x07 b\rc", 0.1)
    table.runs.events.put(("start", table.course.kata))
    table.runs.events.put(("test", red))
    table.companion.hear()
    assert all(one.isprintable() for one in table.frame())


def test_both_languages_say_the_same_things():
    assert names_of("en") == names_of("fr")
    for name in names_of("en"):
        values = range(Words("en")(name, *"abc").count("{}") + 3)
        assert Words("fr")(name, *values)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_keys_fit_eighty_columns(language):
    assert len(Words(language)("keys")) <= 80
    assert len(Words(language)("keys of list")) <= 80


def test_p_shows_the_replay_of_the_test_that_is_read(
    table: Table, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    asked: list[list[str]] = []
    paged: list[str] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        asked.append(command[1:])
        return subprocess.CompletedProcess(command, 1, "", "dojo: no test ran")

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(pydoc, "pager", paged.append)
    table.companion.begin()
    table.settle()
    table.companion.hear()
    table.press("p", "P")

    assert asked == [["-m", "dojo", "replay", "01", "test_one"]] * 2
    assert paged == ["dojo: no test ran"] * 2
    assert capsys.readouterr().out == "Asking the engine what it did: some seconds ...\n" * 2

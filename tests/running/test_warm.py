"""The warm parent gives the same verdicts, survives what runs do to it, and leaves nothing."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dojo.catalog.kata import Kata, load_catalog
from dojo.catalog.verdict import KataVerdict, TestVerdict
from dojo.engines.templates import EngineError
from dojo.ground.run_folder import CAN_FORK
from dojo.warm import Warm
from tests.made_up_katas import write_checkout, write_kata
from tests.processes import eventually
from tests.proxies import DEAD_PROXIES, NONE

forks = pytest.mark.skipif(not CAN_FORK, reason="there is no warm parent without fork")

TESTS = """
def test_adds(solution):
    assert solution.add(1, 2) == 3, "1 and 2 make 3."


def test_adds_more(solution):
    assert solution.add(2, 2) == 4, "2 and 2 make 4."
"""
GOOD = "def add(one, other):\n    return one + other\n"
HALF = "import os\ndef add(one, other):\n    return os._exit(0) if one == 1 else one + other\n"


def make_kata(root: Path) -> Kata:
    """Make a checkout with one kata that needs no engine."""
    write_kata(root, GOOD, TESTS, "test_adds", "test_adds_more")
    write_checkout(root)
    return load_catalog(root)[0]


@pytest.fixture
def kata(tmp_path: Path) -> Kata:
    return make_kata(tmp_path / "checkout")


@pytest.fixture
def warm(kata: Kata) -> Iterator[Warm]:
    with Warm(kata.root) as warm:
        yield warm


def summary(verdict: KataVerdict) -> list[tuple[str, bool, str, str]]:
    return [(test.test, test.passed, test.cause, test.message) for test in verdict.tests]


def rooms() -> set[str]:
    return {path.name for path in Path(tempfile.gettempdir()).glob("dojo-*")}


def test_verdict_streams_each_test_in_order(warm: Warm, kata: Kata) -> None:
    seen: list[TestVerdict] = []
    verdict = warm.run(kata, "learner", seen.append)

    assert verdict.solved
    assert [test.test for test in seen] == ["test_adds", "test_adds_more"]
    assert tuple(seen) == verdict.tests


@pytest.mark.slow
def test_cold_run_gives_the_same_verdict(
    warm: Warm, kata: Kata, monkeypatch: pytest.MonkeyPatch
) -> None:
    kata.stub_file.write_text(HALF, encoding="utf-8")
    hot = warm.run(kata, "learner")
    monkeypatch.setattr("dojo.warm.client.CAN_FORK", False)
    cold = warm.run(kata, "learner")

    assert summary(hot) == summary(cold)
    assert [test.cause for test in cold.tests] == ["exit", "passed"]


@pytest.mark.slow
@forks
@pytest.mark.parametrize("forks", [True, False], ids=["warm", "cold"])
def test_runs_know_no_proxy(kata: Kata, monkeypatch: pytest.MonkeyPatch, forks: bool) -> None:
    for name, value in DEAD_PROXIES.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("dojo.warm.client.CAN_FORK", forks)
    asking = f"import urllib.request\nassert urllib.request.getproxies() == {NONE}\n"
    kata.stub_file.write_text(asking + GOOD, encoding="utf-8")
    with Warm(kata.root) as warm:
        assert warm.run(kata, "learner").solved


@pytest.mark.slow
@forks
@pytest.mark.parametrize("forks", [True, False], ids=["warm", "cold"])
@pytest.mark.parametrize("name", ["ml [2026]", "l'été à 50% #1 a*b?"])
def test_checkout_of_any_name_gives_a_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, forks: bool
) -> None:
    kata = make_kata(tmp_path / name)
    monkeypatch.setattr("dojo.warm.client.CAN_FORK", forks)
    with Warm(kata.root) as warm:
        assert warm.run(kata, "learner").solved
        assert warm.run(kata, str(kata.stub_file), tests=["test_adds"]).solved


@pytest.mark.slow
@forks
@pytest.mark.parametrize("forks", [True, False], ids=["warm", "cold"])
def test_tasks_in_order_wait_unless_all_are_asked_for(
    kata: Kata, monkeypatch: pytest.MonkeyPatch, forks: bool
) -> None:
    toml = kata.folder / "kata.toml"
    text = toml.read_text(encoding="utf-8").replace("[[tasks]]", "in_order = true\n[[tasks]]")
    head, task = text.split("[[tasks]]")
    first = task.replace(', "test_adds_more"', "")
    second = task.replace('"test_adds", ', "")
    toml.write_text(f"{head}[[tasks]]{first}[[tasks]]{second}", encoding="utf-8")
    (kata,) = load_catalog(kata.root)
    kata.stub_file.write_text(HALF, encoding="utf-8")
    monkeypatch.setattr("dojo.warm.client.CAN_FORK", forks and CAN_FORK)
    with Warm(kata.root) as warm:
        waiting, whole = (warm.run(kata, "learner", all_tasks=one) for one in (False, True))
    assert [test.cause for test in waiting.tests] == ["exit"]
    assert [test.cause for test in whole.tests] == ["exit", "passed"]


def test_one_red_case_of_a_test_is_enough_when_asked(kata: Kata) -> None:
    cases = '@__import__("pytest").mark.parametrize("more", [1, 2, 3])'
    text = TESTS.replace("def test_adds(solution)", f"{cases}\ndef test_adds(solution, more)")
    text = text.replace("(1, 2) == 3", "(1, more) != 3")
    kata.test_file.write_text(text, encoding="utf-8")
    with Warm(kata.root) as warm:
        all_cases, few = (warm.run(kata, "learner", one_red=one) for one in (False, True))
    more = ("test_adds_more", True)
    assert [(test.test, test.passed) for test in few.tests] == [
        ("test_adds[1]", True),
        ("test_adds[2]", False),
        more,
    ]
    assert [test.test for test in all_cases.tests].count("test_adds[3]") == 1


@forks
def test_task_that_somebody_waits_for_runs_first(tmp_path: Path) -> None:
    kata = make_kata(tmp_path)
    toml = kata.folder / "kata.toml"
    head, task = toml.read_text().split("[[tasks]]")
    listed = '"test_adds", "test_adds_more"'
    parts = [task.replace(listed, f'"{name}"') for name in ("test_adds", "test_adds_more")]
    toml.write_text("[[tasks]]".join([head, *parts]))
    kata = load_catalog(kata.root)[0]
    seen: list[str] = []
    with Warm(kata.root) as warm:
        verdict = warm.run(kata, "learner", lambda test: seen.append(test.test), first=2)
    assert seen == ["test_adds_more", "test_adds"]
    assert [test.test for test in verdict.tests] == ["test_adds", "test_adds_more"]


@forks
def test_what_was_red_runs_before_its_tasks_others(kata: Kata, warm: Warm) -> None:
    seen: list[str] = []
    verdict = warm.run(
        kata, "learner", lambda test: seen.append(test.test), first=1, again=["test_adds_more"]
    )
    assert seen == ["test_adds_more", "test_adds"]
    assert [test.test for test in verdict.tests] == ["test_adds", "test_adds_more"]


@pytest.mark.slow
@pytest.mark.parametrize("forks", [True, False], ids=["warm", "cold"])
def test_first_red_test_is_enough_when_asked(
    kata: Kata, monkeypatch: pytest.MonkeyPatch, forks: bool
) -> None:
    monkeypatch.setattr("dojo.warm.client.CAN_FORK", forks)
    text = TESTS.replace("== 3", "!= 3")
    kata.test_file.write_text(text, encoding="utf-8")
    with Warm(kata.root) as warm:
        verdict = warm.run(kata, "learner", first_red=True)

    assert [(test.test, test.passed) for test in verdict.tests] == [("test_adds", False)]
    assert not verdict.fault


def test_runs_share_one_parent_and_no_state(warm: Warm, kata: Kata) -> None:
    mine = "assert vars(sys).setdefault('mark', os.getpid()) == os.getpid()"
    kata.stub_file.write_text(f"import os, sys\n{mine}\n{GOOD}", encoding="utf-8")
    verdicts, parents = [], set()
    for _ in range(3):
        verdicts.append(warm.run(kata, "learner"))
        parents.add(warm.parent_pid)

    assert [verdict.solved for verdict in verdicts] == [True, True, True]
    assert len(parents) == 1


@pytest.mark.slow
def test_two_runs_at_once_keep_their_verdicts(warm: Warm, kata: Kata, tmp_path: Path) -> None:
    bad = tmp_path / "bad.py"
    bad.write_text("def add(one, other):\n    return 0\n", encoding="utf-8")
    with ThreadPoolExecutor(4) as pool:
        specs = ["learner", str(bad)] * 4
        verdicts = list(pool.map(lambda spec: warm.run(kata, spec), specs))

    assert [verdict.solved for verdict in verdicts] == [True, False] * 4


@forks
def test_killed_parent_is_started_again(warm: Warm, kata: Kata) -> None:
    warm.run(kata, "learner")
    first = warm.parent_pid
    assert first is not None
    os.kill(first, signal.SIGKILL)

    assert warm.run(kata, "learner").solved
    assert warm.parent_pid != first


@pytest.mark.slow
@forks
def test_changed_package_restarts_the_parent(
    warm: Warm, kata: Kata, monkeypatch: pytest.MonkeyPatch
) -> None:
    warm.run(kata, "learner")
    first = warm.parent_pid
    warm.run(kata, "learner")
    assert warm.parent_pid == first
    conftest = kata.root / "conftest.py"
    conftest.write_text(f"{conftest.read_text()}# changed\n", encoding="utf-8")

    assert warm.run(kata, "learner").solved
    assert warm.parent_pid != first


@forks
@pytest.mark.parametrize("victim", ["getppid", "getpgid"])
def test_run_that_is_killed_is_reported(warm: Warm, kata: Kata, victim: str) -> None:
    shot = {
        "getppid": "os.kill(os.getppid(), 9)",
        "getpgid": "os.killpg(os.getpgid(0), 9)",
    }[victim]
    kata.stub_file.write_text(f"import os\ndef add(one, other):\n    {shot}\n", encoding="utf-8")
    verdict = warm.run(kata, "learner")

    assert not verdict.solved
    assert verdict.fault or {test.cause for test in verdict.tests} == {"exit"}
    kata.stub_file.write_text(GOOD, encoding="utf-8")
    assert warm.run(kata, "learner").solved


@forks
def test_output_of_a_run_never_fills_a_pipe(warm: Warm, kata: Kata) -> None:
    kata.stub_file.write_text(
        "import os\nos.write(1, b'x' * 3_000_000)\nos.write(2, b'y' * 3_000_000)\n" + GOOD,
        encoding="utf-8",
    )

    assert warm.run(kata, "learner").solved


@forks
@pytest.mark.parametrize("how", ["closed", "killed"])
def test_parent_leaves_no_folder(
    kata: Kata, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    # Elsewhere other tests make and remove theirs meanwhile.
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = rooms()
    warm = Warm(kata.root)
    warm.run(kata, "learner")
    assert rooms() > before
    if how == "killed":
        os.kill(warm.parent_pid or 0, signal.SIGKILL)
    warm.close()

    assert eventually(lambda: rooms() <= before)


@forks
def test_parent_that_dies_while_starting_says_why(warm: Warm, kata: Kata) -> None:
    (kata.root / "selectors.py").write_text("raise LookupError('no library')\n", encoding="utf-8")

    with pytest.raises(EngineError, match=r"'dojo doctor'; its log .*LookupError: no library$"):
        warm.run(kata, "learner")


def test_kata_without_tests_is_a_fault(warm: Warm, kata: Kata) -> None:
    kata.test_file.write_text("", encoding="utf-8")
    verdict = warm.run(kata, "learner")

    assert not verdict.solved
    assert verdict.fault


def test_moved_checkout_is_a_fault(warm: Warm, kata: Kata) -> None:
    shutil.rmtree(kata.folder)
    verdict = warm.run(kata, "learner")

    assert not verdict.solved
    assert verdict.fault
    assert sys.executable not in verdict.fault

"""Each fault of a machine that can be made here is made, for real: one line, a cure, nothing lost.

A disk that is small or cannot be written is a mount of our own, in namespaces of our own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dojo.catalog.kata import load_catalog
from dojo.catalog.progress import standing
from dojo.cli.door import app
from dojo.ground.exits import Exit
from dojo.terminal import place_checks
from tests.made_up_katas import write_checkout, write_kata
from tests.place.made_up_place import SOLVED, hands_out, write_pack

ROOT = Path(__file__).resolve().parents[2]
TESTS = "def test_one(solution):\n    assert solution.one() == 1\n"
PYTEST = f"{sys.executable} -m pytest -q -p no:cacheprovider"
DOJO = f"{sys.executable} -m dojo"
CAN_MOUNT = (
    shutil.which("unshare") is not None
    and not subprocess.run(
        ["unshare", "--map-root-user", "--mount", "true"], capture_output=True, check=False
    ).returncode
)
mounts = pytest.mark.skipif(
    not CAN_MOUNT and not os.environ.get("CI"), reason="this user may mount nothing"
)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with 01 solved, in which commands are given."""
    write_pack(tmp_path / "pack")
    hands_out(monkeypatch, tmp_path / "pack", "0.0.1")  # older than the dojo that runs
    monkeypatch.setenv("DOJO_LANG", "en")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(app, ["init", "place", "--no-venv"]).exit_code == Exit.DONE
    (tmp_path / "place/katas/01_alpha/alpha.py").write_text(SOLVED)
    monkeypatch.chdir(tmp_path / "place")
    return tmp_path / "place"


def shell(*lines: str) -> subprocess.CompletedProcess[str]:
    """Run commands in namespaces of their own, where mounts are nobody else's."""
    return subprocess.run(
        ["unshare", "--map-root-user", "--mount", "sh", "-ec", "\n".join(lines)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@mounts
def test_full_disk_is_said_in_one_line(place: Path) -> None:
    write_kata(place, SOLVED, TESTS, "test_one", number=9, slug="big", needs='"prefect"')
    (place / "small").mkdir()

    done = shell(
        "mount -t tmpfs -o size=40k tmpfs small",
        "export TMPDIR=$PWD/small",
        f"{PYTEST} katas/09_big",
    )

    assert done.returncode in (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.INTERNAL_ERROR)
    said = done.stdout + done.stderr
    assert "INTERNALERROR" not in said
    assert "Traceback" not in said
    assert "No space left on device" in said
    assert "'dojo doctor' looks what is full" in said


@mounts
def test_doctor_says_which_disk_is_full(place: Path) -> None:
    (place / "small").mkdir()

    done = shell(
        "mount -t tmpfs -o size=2m tmpfs small",
        "export TMPDIR=$PWD/small",
        f"{DOJO} doctor --json || test $? = 3",
    )

    (disk,) = [one for one in json.loads(done.stdout)["checks"] if one["name"] == "Disk"]
    assert not disk["ok"]
    assert f"{place / 'small'} has 2 MB left" in disk["said"]
    assert "TMPDIR" in disk["cure"]


@mounts
def test_workspace_that_cannot_be_written_gives_a_verdict_and_its_cure(place: Path) -> None:
    done = shell(
        "mount --bind . .",
        "mount -o remount,bind,ro . .",
        'cd "$PWD"',
        f"{PYTEST} katas/01_alpha",
        f"{DOJO} run 01",
        f"{DOJO} doctor --json || test $? = 3",
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
    told = json.loads(done.stdout[done.stdout.index('{"') :])
    (progress,) = [one for one in told["checks"] if one["name"] == "Progress"]
    assert not progress["ok"]
    assert "nothing you solve is remembered" in progress["said"]
    assert "'dojo init my-katas' makes a folder of your own" in progress["cure"]


@mounts
@pytest.mark.parametrize("command", ["update --no-venv", "reset 01 --yes"])
def test_full_workspace_loses_nothing(place: Path, command: str) -> None:
    (place / "small").mkdir()
    (place / "katas/02_beta/beta.py").unlink()  # an update brings it again

    done = shell(
        "mount -t tmpfs -o size=200k tmpfs small",
        "cp -r .dojo katas reference *.* small",
        "cd small",
        "cat /dev/zero > filled || true",
        f"{DOJO} {command} || test $? = 3",
        "cat katas/01_alpha/alpha.py",
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith(SOLVED)
    assert "No space left on device" in done.stderr
    assert "nothing is lost" in done.stderr


def test_long_temporary_folder_is_no_hindrance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / ("long" * 40)
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))

    done = subprocess.run(
        f"{PYTEST} katas/02_retries --solutions reference --task 1".split(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert list(folder.iterdir()) == []


def test_doctor_names_a_temporary_folder_that_is_too_long_for_sockets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place_checks.tempfile, "gettempdir", lambda: str(tmp_path / ("é" * 60)))

    check = place_checks.check_length()

    assert not check.ok
    assert "no socket" in check.said
    assert "TMPDIR" in check.cure
    monkeypatch.setattr(place_checks.tempfile, "gettempdir", lambda: "/tmp")
    assert place_checks.check_length().ok


# A learner's own plugins


PLUGIN = """
import pytest

def pytest_collection_modifyitems(items):
    items.reverse()

@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item, nextitem):
    print("mine:", item.name)
    return (yield)

@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    report.sections.append(("mine", "a section"))
    return report

@pytest.fixture(autouse=True)
def around(request):
    yield

def pytest_terminal_summary(terminalreporter):
    terminalreporter.write_line("mine: the end")
"""


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_plugin_that_turns_the_order_round_changes_no_verdict(
    place: Path, workers: tuple[str, ...]
) -> None:
    (place / "my_plugin.py").write_text(PLUGIN)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "my_plugin", *workers, "katas/01_alpha"],
        env={**os.environ, "PYTHONPATH": f"{place}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "mine: the end" in done.stdout
    assert standing(load_catalog(place)[0]).solved


@pytest.mark.parametrize("more", [(), ("-n", "2"), ("-p", "my_plugin")])
def test_kata_in_order_has_the_same_verdict_however_it_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...]
) -> None:
    text = "".join(
        f"def test_{name}(solution):\n    assert solution.{name}() == 1, 'no'\n\n\n"
        for name in "abc"
    )
    solution = "a = c = lambda: 1\nb = lambda: 2\n"
    folder = write_kata(tmp_path, solution, text, "test_a", more="in_order = true")
    toml = (folder / "kata.toml").read_text(encoding="utf-8")
    task = toml[toml.index("[[tasks]]") :]
    later = "".join(task.replace("test_a", f"test_{name}") for name in "bc")
    (folder / "kata.toml").write_text(toml + later, encoding="utf-8")
    write_checkout(tmp_path)
    (tmp_path / "my_plugin.py").write_text(PLUGIN)

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *more, "--verdict-file", "verdict", "katas"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout + done.stderr
    (verdict,) = (tmp_path / "verdict").read_text(encoding="utf-8").splitlines()
    tests = {one["test"]: one["passed"] for one in json.loads(verdict)["tests"]}
    assert tests["test_b"] is False
    assert not tests.get("test_c"), "a later task waits for the red one"
    progress = json.loads((tmp_path / ".dojo/progress.json").read_text(encoding="utf-8"))
    assert 3 not in progress["katas"]["01_demo"]["tasks"]


def test_percent_sign_in_the_path_of_the_packages_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", "/home/anna/50 % off/.venv")
    check = place_checks.check_prefix()
    assert not check.ok
    assert "InterpolationSyntaxError" in check.said
    assert "without a %" in check.cure

    monkeypatch.undo()
    assert place_checks.check_prefix().ok

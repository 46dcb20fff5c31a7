"""The packages of a track come when one of its katas is first opened, once somebody was asked."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from typer.testing import CliRunner, Result

from dojo.catalog.kata import load_catalog
from dojo.cli import place as commands
from dojo.cli.door import app
from dojo.ground.exits import Exit
from dojo.place import environment
from dojo.place.environment import TrackMissing, packages_of
from dojo.place.shape import EXTRAS
from dojo.terminal.companion.companion import Companion
from dojo.terminal.companion.course import Course
from dojo.terminal.companion.faces import Plain
from dojo.terminal.companion.runs import Runs
from dojo.terminal.companion.words import Words
from dojo.terminal.screen import Screen
from dojo.warm import Warm
from tests.made_up_katas import write_checkout, write_kata

TESTS = "def test_one(solution):\n    assert solution.one() == 1\n"
GREEN = "def one():\n    return 1\n"
NEEDED = "no-such-package"
ASKED = f"01_demo needs {NEEDED}. Install now (some minutes)?"
SAID = f"01_demo needs more packages, {NEEDED} is not installed: dojo install dagster"


class Installer:
    """Stands for uv and pip: what they were told, and whether it helps."""

    def __init__(self, code: int = 0) -> None:
        self.commands: list[list[str]] = []
        self.folders: list[Path] = []
        self.code = code

    def __call__(self, command: list[str], **more: object) -> subprocess.CompletedProcess[str]:
        if command[1] == "-c":
            return subprocess.CompletedProcess(command, 0)  # there is a pip
        self.commands.append(command)
        self.folders.append(Path(str(more["cwd"])))
        return subprocess.CompletedProcess(command, self.code)

    def version_of(self, need: str) -> str:
        return "1.0" if need != NEEDED or self.commands else ""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A made-up checkout whose only kata is Dagster's and needs what nobody has."""
    needs = f'"{NEEDED}"'
    write_kata(tmp_path, GREEN, TESTS, "test_one", track="dagster", needs=needs)
    write_checkout(tmp_path)
    (tmp_path / "constraints.txt").write_text("pytest==8\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DOJO_LANG", "en")
    return tmp_path


@pytest.fixture
def installer(monkeypatch: pytest.MonkeyPatch) -> Installer:
    made = Installer()
    monkeypatch.setattr(environment.subprocess, "run", made)
    monkeypatch.setattr(environment.shutil, "which", lambda _: None)
    return made


def dojo(*words: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, list(words), input=typed)


def named(texts: list[str]) -> set[str]:
    return {Requirement(text).name for text in texts}


def test_extra_of_a_track_brings_what_its_katas_need() -> None:
    for extra in EXTRAS:
        needs = {
            need
            for kata in load_catalog(Path(__file__).parents[2])
            if kata.track == extra
            for need in kata.needs
        }
        ours = {Requirement(text).name for text in metadata.requires("ml-dojo") or ()}
        assert (needs & ours) - named(packages_of(extra)) <= {"pydantic"}  # that is the dojo's own


def test_extra_that_names_others_brings_theirs() -> None:
    assert named(packages_of("prefect")) < named(packages_of("mlflow")) < named(packages_of("all"))
    assert not any("extra" in text or ";" in text for text in packages_of("all"))
    assert packages_of("no-such") == []


@pytest.mark.parametrize("uv", ["/bin/uv", None], ids=["uv", "pip"])
def test_track_is_installed_for_who_asks(
    root: Path, installer: Installer, monkeypatch: pytest.MonkeyPatch, uv: str | None
) -> None:
    monkeypatch.setattr(environment.shutil, "which", lambda _: uv)

    done = dojo("install", "dagster")

    assert done.exit_code == Exit.DONE, done.output
    (program,) = installer.commands
    first = [uv, "pip", "install"] if uv else [sys.executable, "-m", "pip", "install"]
    assert program[: len(first)] == first
    assert sys.executable in program
    asked = ["-c", "constraints.txt", *packages_of("dagster")]
    assert program[-len(asked) :] == asked
    assert installer.folders == [root]


def test_environment_that_uv_has_made_gets_a_pip_first(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        told.append(command[1:3])
        return subprocess.CompletedProcess(command, int(command[1] == "-c"))

    monkeypatch.setattr(environment.subprocess, "run", run)
    monkeypatch.setattr(environment.shutil, "which", lambda _: None)

    assert dojo("install", "dagster").exit_code == Exit.DONE
    assert told[-2:] == [["-m", "ensurepip"], ["-m", "pip"]]
    assert root.is_dir()


def test_python_that_does_not_start_is_one_line(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        raise FileNotFoundError(2, "No such file or directory", command[0])

    monkeypatch.setattr(environment.subprocess, "run", run)
    monkeypatch.setattr(environment.shutil, "which", lambda _: None)

    done = dojo("install", "dagster")
    assert done.exit_code == Exit.ENVIRONMENT
    assert "does not start: No such file or directory" in done.stderr
    assert root.is_dir()


def test_unknown_track_is_not_installed(root: Path, installer: Installer) -> None:
    done = dojo("install", "airflow")

    assert done.exit_code == Exit.USAGE
    assert "it may be 'prefect', 'mlflow', 'dagster'" in done.stderr
    assert installer.commands == []


def test_failed_installation_says_so(root: Path, installer: Installer) -> None:
    installer.code = 1
    done = dojo("install", "dagster")

    assert done.exit_code == Exit.ENVIRONMENT
    assert "the packages are not installed" in done.stderr


@pytest.mark.parametrize("words", [("run", "01"), ()], ids=["run", "dojo"])
def test_without_a_terminal_the_command_is_said(
    root: Path, installer: Installer, words: tuple[str, ...]
) -> None:
    done = dojo(*words)

    assert (done.exit_code, done.stderr) == (Exit.ENVIRONMENT, f"dojo: {SAID}\n")
    assert installer.commands == []


def test_pytest_says_the_command_and_runs_nothing(root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "katas"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert done.stderr.strip() == f"ERROR: {SAID}"


def test_asked_once_then_installed_and_run(
    root: Path, installer: Installer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "is_terminal", lambda: True)
    monkeypatch.setattr(environment, "version_of", installer.version_of)

    done = dojo("run", "01", typed="y\n")

    assert done.stderr.count(ASKED) == 1
    installed, run = installer.commands
    assert installed[-1] == packages_of("dagster")[-1]
    assert run[1:3] == ["-m", "pytest"]
    assert installer.folders == [root, root]


def test_refused_nothing_is_installed(
    root: Path, installer: Installer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "is_terminal", lambda: True)

    done = dojo("run", "01", typed="n\n")

    assert done.exit_code == Exit.UNCONFIRMED
    assert "nothing was installed; later: dojo install dagster" in done.stderr
    assert installer.commands == []


def test_companion_leaves_the_question_to_the_command(root: Path) -> None:
    katas = load_catalog(root)
    runs = Runs(lambda: Warm(root))
    face = Plain(Screen(), Words("en"), with_keys=False)
    companion = Companion(root, Course(katas), runs, face, "en")
    companion.begin()
    assert runs._thread is not None
    runs._thread.join()

    with pytest.raises(TrackMissing, match="dojo install dagster"):
        companion.hear()

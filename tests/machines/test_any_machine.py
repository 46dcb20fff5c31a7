"""A workspace works wherever it lies and whoever else is in it; the doctor names what does not."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dojo.catalog.kata import load_catalog
from dojo.catalog.progress import standing
from dojo.cli.door import app
from dojo.ground.exits import Exit
from dojo.place import environment, state
from dojo.place.state import Workspace
from dojo.terminal import place_checks
from dojo.terminal.place_checks import Check, examine_place
from tests.place.made_up_place import OLD, SOLVED, hands_out, write_pack

NAMES = ["two words été", "100%d#b's", "[x]", "-dash"]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Return what makes a workspace of some name and enters it."""
    write_pack(tmp_path / "pack")
    hands_out(monkeypatch, tmp_path / "pack", OLD)
    monkeypatch.setattr(place_checks, "own_version", lambda: OLD)
    monkeypatch.setenv("DOJO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("DOJO_LANG", "en")

    def made(name: str = "place") -> Path:
        monkeypatch.chdir(tmp_path)
        done = CliRunner().invoke(app, ["init", "--no-venv", "--", name])
        assert done.exit_code == Exit.DONE, done.output
        monkeypatch.chdir(tmp_path / name)
        return tmp_path / name

    return made


def program(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def checks(place: Path) -> dict[str, Check]:
    return {one.name: one for one in examine_place(place)}


@pytest.mark.parametrize("name", NAMES)
def test_workspace_works_whatever_it_is_called(make, name: str) -> None:
    place = make(name)

    red = program("pytest", "-q", "katas/01_alpha")
    assert red.returncode == 1, red.stdout + red.stderr
    assert "is still a stub" in red.stdout
    (place / "katas/01_alpha/alpha.py").write_text(SOLVED)
    green = program("dojo", "run", "01")
    assert green.returncode == 0, green.stdout + green.stderr
    assert standing(load_catalog(place)[0]).solved
    for words in (["reset", "01", "--yes"], ["update", "--no-venv"], ["list"]):
        assert CliRunner().invoke(app, words).exit_code == Exit.DONE
    assert not standing(load_catalog(place)[0]).solved


def test_learners_conftest_and_plugins_are_in_nobodys_way(make) -> None:
    place = make()
    (place / "katas/01_alpha/alpha.py").write_text(SOLVED)
    (place / "katas/conftest.py").write_text(
        "import pytest\n\n@pytest.fixture(autouse=True)\ndef mine():\n    yield\n\n"
        "def pytest_configure(config):\n    config.addinivalue_line('markers', 'mine: mine')\n"
    )
    with (place / "conftest.py").open("a") as conftest:
        conftest.write("\nmine = 1\n")
    with (place / "pyproject.toml").open("a") as project:
        project.write('filterwarnings = ["ignore::UserWarning"]\n')

    done = program("pytest", "-q", "katas/01_alpha")

    assert done.returncode == 0, done.stdout + done.stderr
    assert all(one.ok for one in checks(place).values())


def test_two_runs_at_once_are_both_remembered(make) -> None:
    place = make()
    for slug in ("01_alpha/alpha", "02_beta/beta"):
        (place / f"katas/{slug}.py").write_text(SOLVED)
    words = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")

    both = [subprocess.Popen([*words, f"katas/{one}"]) for one in ("01_alpha", "02_beta")]

    assert [one.wait() for one in both] == [0, 0]
    assert [standing(kata).solved for kata in load_catalog(place)] == [True, True, False]


def test_folder_that_cannot_be_written_still_gives_a_verdict(make) -> None:
    place = make()
    shutil.rmtree(place / ".dojo")
    (place / ".dojo").write_text("")  # in the folder's place: root may write everywhere
    (place / "katas/01_alpha/alpha.py").write_text(SOLVED)

    assert program("dojo", "run", "01").returncode == 0
    assert not standing(load_catalog(place)[0]).solved


# What the doctor finds


def test_healthy_workspace_has_no_fault(make) -> None:
    found = checks(make())

    assert [one.said for one in found.values() if not one.ok] == []
    assert found["Folder"].said.endswith(f"a workspace of ml-dojo {OLD}")
    assert found["pytest"].said == "finds the tests of 01_alpha"


def test_clone_is_called_one(tmp_path: Path) -> None:
    write_pack(tmp_path)

    assert checks(tmp_path)["Folder"].said.endswith(", a clone")


def damage(place: Path, what: str) -> None:
    known = state.workspace_at(place)
    assert known is not None
    if what == "half":
        state.write(place, known.model_copy(update={"half": True}))
    elif what in ("0.9", "9.0"):
        state.write(place, known.model_copy(update={"dojo": what}))
    elif what == "record":
        (place / ".dojo/workspace.json").write_text("{")
    elif what == "no_conftest":
        (place / "conftest.py").unlink()
    elif what == "own_conftest":
        (place / "conftest.py").write_text("# mine\n")
    elif what == "broken_conftest":
        (place / "katas/conftest.py").write_text("import no_such_plugin_here\n")
    elif what == "environment":
        (place / ".venv").mkdir()
        (place / ".venv" / environment.READY).touch()


@pytest.mark.parametrize(
    ("what", "check", "said", "cure"),
    [
        ("half", "Folder", "was ended halfway", "dojo update"),
        ("0.9", "Folder", "its katas are of ml-dojo 0.9, this is 1.0", "dojo update"),
        ("9.0", "Folder", "its katas are of ml-dojo 9.0, this is 1.0", "pip install -U ml-dojo"),
        ("record", "Folder", "is no record of a workspace", "move it away"),
        ("no_conftest", "Folder", "is gone: pytest finds no kata", "dojo update"),
        ("own_conftest", "Folder", "does not name dojo.running.entry", "pytest_plugins ="),
        ("broken_conftest", "pytest", "no_such_plugin_here", "katas/conftest.py; pytest --coll"),
        ("environment", "Environment", "the workspace has its own in", "activate it"),
    ],
)
def test_doctor_names_each_fault_with_its_cure(
    make, what: str, check: str, said: str, cure: str
) -> None:
    place = make()
    damage(place, what)

    found = checks(place)[check]

    assert not found.ok
    assert said in found.said
    assert cure in found.cure


def test_doctor_says_that_nothing_can_be_remembered(make, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(**_: object) -> None:
        raise PermissionError(13, os.strerror(13))

    place = make()
    monkeypatch.setattr(place_checks.tempfile, "NamedTemporaryFile", refused)
    found = checks(place)["Progress"]

    assert (found.ok, found.said) == (
        False,
        f"{place / '.dojo'} cannot be written (Permission denied): nothing you solve is remembered",
    )
    assert "'dojo init my-katas' makes a folder of your own" in found.cure


def test_doctor_says_that_a_disk_is_full(make, monkeypatch: pytest.MonkeyPatch) -> None:
    place = make()
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(place_checks.shutil, "disk_usage", lambda _: usage(5 << 20))
    found = checks(place)["Disk"]

    assert not found.ok
    assert "has 5 MB left, a run may need 300" in found.said
    assert "TMPDIR" in found.cure


def test_doctor_command_tells_of_the_folder(make) -> None:
    place = make()
    (place / "conftest.py").unlink()
    told = json.loads(CliRunner().invoke(app, ["doctor", "--json"]).stdout)

    (found,) = [one for one in told["checks"] if one["name"] == "Folder"]
    assert (found["ok"], found["cure"]) == (False, "dojo update")


# The packages


class Installer:
    """Stands for what makes an environment and installs into it."""

    def __init__(self, fails: int = 0) -> None:
        self.commands: list[list[str]] = []
        self.code = fails

    def __call__(self, command: list[str], **more: object) -> subprocess.CompletedProcess[str]:
        if command[0] == "git":
            return REAL_RUN(command, **more)  # type: ignore[call-overload]
        self.commands.append(command)
        folder = Path(str(more["cwd"])) / ".venv/bin"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "python").touch()
        return subprocess.CompletedProcess(command, self.code)


REAL_RUN = subprocess.run


@pytest.mark.parametrize("uv", ["/bin/uv", None], ids=["uv", "pip"])
def test_packages_come_with_uv_or_with_pip(
    make, monkeypatch: pytest.MonkeyPatch, uv: str | None
) -> None:
    place = make()
    installer = Installer()
    monkeypatch.setattr(environment.shutil, "which", lambda name: uv if name == "uv" else None)
    monkeypatch.setattr(environment.subprocess, "run", installer)
    monkeypatch.setattr(environment, "_origin", lambda: ("", ""))
    monkeypatch.setattr(environment.metadata, "version", lambda _: OLD)

    environment.make(place, "prefect", lambda _: None)
    environment.make(place, "prefect", lambda _: None)  # it is ready

    create, *looks, install = installer.commands
    assert create[-1] == ".venv"
    # Whether there is a pip is asked first, where pip is to do it: uv makes environments without.
    assert len(looks) == (uv is None)
    assert create[0] == (uv or sys.executable)
    assert install[-3:] == ["-c", "constraints.txt", f"ml-dojo[prefect]=={OLD}"]
    assert environment.is_made(place)
    (place / "constraints.txt").write_text("pytest==9\n")
    environment.make(place, "prefect", lambda _: None)
    created = [one for one in installer.commands if one[-1] == ".venv"]
    assert created == [create]  # no second environment, other versions
    assert len(installer.commands) == 3 + 2 * (uv is None)


def test_failed_installation_is_gone_on_with(make, monkeypatch: pytest.MonkeyPatch) -> None:
    place = make()
    monkeypatch.setattr(environment.shutil, "which", lambda name: "/bin/uv" * (name == "uv"))
    monkeypatch.setattr(environment.subprocess, "run", Installer(fails=2))
    failed = CliRunner().invoke(app, ["init", str(place)])
    assert failed.exit_code == Exit.ENVIRONMENT
    assert "the packages are not installed (uv ended with 2); the katas are all there" in (
        failed.stderr
    )

    monkeypatch.setattr(environment.subprocess, "run", Installer())
    done = CliRunner().invoke(app, ["init", str(place)])

    assert done.exit_code == Exit.DONE
    assert environment.is_ready(place, None)
    again = CliRunner().invoke(app, ["init", str(place)])
    assert "is a workspace already" in again.stderr


def test_airflow_has_its_own_versions(make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "_origin", lambda: ("file:///a.whl", ""))

    assert environment._what(["airflow"]) == [
        *("-r", "requirements-airflow.txt"),
        "ml-dojo @ file:///a.whl",
    ]
    assert Workspace(dojo=OLD, track="airflow").track == "airflow"

"""Test the doctor: each check's good and bad word, and that nothing is left behind."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dojo.cli.door import app
from dojo.ground.exits import Exit
from dojo.place import environment
from dojo.terminal import doctor
from tests.proxies import DEAD_PROXIES

TOML = """
number = 1
slug = "alpha"
track = "prefect"
needs = {needs}
title = {{ en = "A", fr = "A" }}
[[tasks]]
points = 10
tests = ["test_a"]
title = {{ en = "T", fr = "T" }}
hints = {{ en = ["a", "b", "c"], fr = ["a", "b", "c"] }}
"""
PYTEST = version("pytest")
# The real engines' databases take half a minute to make: these come from the common cache.
REAL_CACHE = {name: os.environ[name] for name in ("DOJO_CACHE",) if name in os.environ}


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "checkout"
    (root / "katas" / "01_alpha").mkdir(parents=True)
    (root / "conftest.py").write_text('pytest_plugins = ["dojo.running.entry"]\n')
    write_needs(root, [])
    (root / "constraints.txt").write_text(f"# pins\n-c other.txt\npytest=={PYTEST}\n")
    monkeypatch.setenv("DOJO_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("DOJO_LANG", raising=False)
    monkeypatch.chdir(root)
    return root


def write_needs(root: Path, needs: list[str]) -> None:
    (root / "katas/01_alpha/kata.toml").write_text(TOML.format(needs=json.dumps(needs)))


def installed_are(monkeypatch: pytest.MonkeyPatch, **versions: str) -> None:
    """Pretend that just these distributions are installed."""
    monkeypatch.setattr(doctor, "_installed", lambda name: versions.get(name.replace("-", "_"), ""))


# The command


@pytest.mark.usefixtures("checkout")
def test_healthy_machine_is_done():
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == Exit.DONE
    assert "✗" not in result.stdout
    assert result.stdout.endswith("All is well. Next: dojo\n")


@pytest.mark.usefixtures("checkout")
def test_json_has_schema_and_checks():
    record = json.loads(CliRunner().invoke(app, ["doctor", "--json"]).stdout)
    assert record["schema"] == 1
    assert record["ok"] is True
    assert {"name", "ok", "said", "cure"} == set(record["checks"][0])


def test_failed_check_is_environment_with_cure(checkout: Path):
    write_needs(checkout, ["no-such-package"])
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == Exit.ENVIRONMENT
    assert "✗ Packages: missing: no-such-package" in result.stdout
    assert "pip install -c" in result.stdout
    assert result.stdout.endswith("Next: do what is said under 'Packages', then: dojo doctor\n")


def test_broken_kata_is_a_failed_check(checkout: Path):
    (checkout / "katas/01_alpha/kata.toml").write_text("number = [")
    checks = {check.name: check for check in doctor.examine(checkout)}
    assert not checks["Katas"].ok
    assert checks["Katas"].said.startswith("01_alpha/kata.toml is not TOML")
    assert checks["Katas"].cure == "git diff katas"
    assert checks["Loopback"].ok


@pytest.mark.parametrize("broken", ["check_packages", "check_versions", "check_loopback"])
def test_crash_of_a_check_is_its_failure(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, broken: str
):
    def crash(*_: object) -> None:
        raise OSError("one\nline")

    monkeypatch.setattr(doctor, broken, crash)
    (ill,) = [check for check in doctor.examine(checkout) if not check.ok]
    assert ill.said == "OSError: one line"
    assert ill.cure


# Python and packages


@pytest.mark.parametrize("given", [(3, 10), (3, 13)])
def test_supported_python_is_ok(given: tuple[int, int]):
    assert doctor.check_python(given).ok


@pytest.mark.parametrize("given", [(3, 9), (3, 14)])
def test_unsupported_python_names_the_range(given: tuple[int, int]):
    check = doctor.check_python(given)
    assert not check.ok
    assert check.said == f"Python 3.{given[1]}; the katas need 3.10 to 3.13"
    assert "python3.12 -m venv" in check.cure


def test_missing_package_names_the_pip_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    installed_are(monkeypatch, prefect="3.8.8")
    check = doctor.check_packages(tmp_path, {"prefect", "responses", "requests"})
    assert not check.ok
    assert check.said == "missing: requests, responses"
    constraints = tmp_path / "constraints.txt"
    assert check.cure == (f"{sys.executable} -m pip install -c {constraints} requests responses")


def test_track_that_nobody_has_opened_is_a_remark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    installed_are(monkeypatch, prefect="3.8.8")
    check = doctor.check_packages(tmp_path, {"prefect", "mlflow", "dagster"})
    assert check.ok
    assert "not yet: dagster, mlflow ('dojo' asks when you open" in check.said


def test_only_track_that_is_missing_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    installed_are(monkeypatch, pandas="3.1.1")
    check = doctor.check_packages(tmp_path, {"dagster", "pandas"})
    assert not check.ok
    assert check.said == "missing: dagster"


def test_macos_has_xgboost_by_its_other_name(monkeypatch: pytest.MonkeyPatch):
    def version_of(name: str) -> str:
        if name != "xgboost":
            raise environment.metadata.PackageNotFoundError(name)
        return "3.4.1"

    monkeypatch.setattr(environment.metadata, "version", version_of)
    assert environment.version_of("xgboost-cpu") == "3.4.1"
    assert environment.version_of("dagster") == ""


def test_missing_airflow_is_a_remark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    installed_are(monkeypatch, prefect="3.8.8")
    check = doctor.check_packages(tmp_path, {"prefect", "apache-airflow"})
    assert check.ok
    assert "tox -e airflow" in check.said


def test_airflows_environment_needs_airflow_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    installed_are(monkeypatch, apache_airflow="3.3.2")
    assert doctor.check_packages(tmp_path, {"prefect", "apache-airflow"}).ok
    assert doctor.check_versions(tmp_path).said.startswith("not compared")


def test_other_version_differs_with_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    installed_are(monkeypatch, prefect="3.1", rich="15.0.0")
    path = tmp_path / "constraints.txt"
    path.write_text("prefect==3.8.8  # pinned\nrich==15.0.0\nabsent==1.0\n")
    check = doctor.check_versions(tmp_path)
    assert not check.ok
    assert check.said == "other than in constraints.txt: prefect 3.1 (not ==3.8.8)"
    assert check.cure == f"{sys.executable} -m pip install -c {path} prefect"


def test_markers_choose_the_pins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    installed_are(monkeypatch, rich="15.0.0")
    (tmp_path / "constraints.txt").write_text(
        "rich==1.0 ; python_full_version < '3.0'\nrich==15.0.0 ; python_full_version >= '3.0'\n"
    )
    assert doctor.check_versions(tmp_path).ok


def test_many_other_versions_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    names = ["a", "b", "c", "d", "e"]
    installed_are(monkeypatch, **dict.fromkeys(names, "2"))
    (tmp_path / "constraints.txt").write_text("".join(f"{name}==1\n" for name in names))
    check = doctor.check_versions(tmp_path)
    assert check.said.endswith("c 2 (not ==1) and 2 more")
    assert check.cure.endswith(" a b c d e")


def test_missing_constraints_are_restored(tmp_path: Path):
    check = doctor.check_versions(tmp_path)
    assert not check.ok
    assert check.said == f"{tmp_path / 'constraints.txt'} does not exist"
    assert check.cure == "git checkout -- constraints.txt"


def test_unreadable_constraints_are_a_failed_check(checkout: Path):
    (checkout / "constraints.txt").write_text("rich === = 1\n")
    checks = {check.name: check for check in doctor.examine(checkout)}
    assert not checks["Versions"].ok
    assert checks["Versions"].said.startswith("InvalidRequirement: ")


# Ports, folders, processes


def test_busy_port_is_a_remark(monkeypatch: pytest.MonkeyPatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setitem(doctor.PORTS, port, "Prefect UI")
        check = doctor.check_port(port)
        assert check.ok
        assert check.said == f"busy; give the Prefect UI another: --port {port + 1}"
    assert doctor.check_port(port).said == "free for the Prefect UI"


def test_forbidden_loopback_names_the_cause(checkout: Path, monkeypatch: pytest.MonkeyPatch):
    def forbid(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(socket, "create_server", forbid)
    checks = {check.name: check for check in doctor.examine(checkout)}
    for name in ("Loopback", "Port 4200"):
        assert not checks[name].ok
        assert checks[name].said == "PermissionError: [Errno 1] Operation not permitted"
        assert "firewall" in checks[name].cure


def test_folder_that_cannot_be_made_fails(tmp_path: Path):
    file = tmp_path / "file"
    file.touch()
    check = doctor.check_folder("Cache", file / "cache", "name another in DOJO_CACHE")
    assert not check.ok
    assert check.said == f"{file / 'cache'} cannot be written: Not a directory"
    assert check.cure == "name another in DOJO_CACHE"


def test_writable_folder_is_left_empty(tmp_path: Path):
    assert doctor.check_folder("Cache", tmp_path / "cache", "").ok
    assert list((tmp_path / "cache").iterdir()) == []


@pytest.mark.parametrize(("can_fork", "said"), [(True, "forked"), (False, "afresh")])
def test_kind_of_process_is_a_remark(monkeypatch: pytest.MonkeyPatch, can_fork: bool, said: str):
    monkeypatch.setattr(doctor, "CAN_FORK", can_fork)
    check = doctor.check_fork()
    assert check.ok
    assert said in check.said


# Engines


@pytest.mark.slow
def test_engine_that_fails_names_reason_and_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setenv("DOJO_CACHE", str(file / "cache"))
    check = doctor.check_engine("mlflow")
    assert not check.ok
    assert check.said.startswith("mlflow does not start: the cache ")
    assert check.cure == "make it writable or name another folder in DOJO_CACHE"


def test_engine_that_dies_is_a_failed_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "dagster.py").write_text("import os\nos._exit(9)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    check = doctor.check_engine("dagster")
    assert not check.ok
    assert check.said == "dagster does not start: no word"
    assert "pip install --force-reinstall -c constraints.txt dagster" in check.cure


def test_engine_that_raises_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "dagster.py").write_text("raise ImportError('no\\nbinary')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    check = doctor.check_engine("dagster")
    assert check.said == "dagster does not start: ImportError: no binary"
    assert "--force-reinstall" in check.cure


def test_engine_that_hangs_is_a_failed_check(checkout: Path, monkeypatch: pytest.MonkeyPatch):
    def hang(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("dojo.terminal.doctor", 300)

    write_needs(checkout, ["prefect"])
    monkeypatch.setattr(doctor.subprocess, "run", hang)
    checks = {check.name: check for check in doctor.examine(checkout)}
    assert not checks["Prefect"].ok
    assert "timed out after 300 seconds" in checks["Prefect"].said
    assert checks["Prefect"].cure.startswith("close what keeps this machine busy")


@pytest.mark.slow
def test_real_engines_start_and_leave_nothing(checkout: Path, tmp_path: Path):
    write_needs(checkout, ["prefect", "mlflow", "dagster"])
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    environment = {**os.environ, **DEAD_PROXIES, "TMPDIR": str(temporary)}
    environment.pop("DOJO_CACHE")
    environment.update(REAL_CACHE)
    done = subprocess.run(
        [sys.executable, "-m", "dojo", "doctor", "--json"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    checks = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert [checks[name]["ok"] for name in ("Prefect", "MLflow", "Dagster")] == [True] * 3, checks
    end = time.monotonic() + 20
    while left := [*temporary.glob("dojo-*"), *processes_that_name(temporary)]:
        assert time.monotonic() < end, left
        time.sleep(0.02)


def processes_that_name(folder: Path) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (path / "cmdline").read_bytes() + (path / "environ").read_bytes()
            if str(folder).encode() in words and path.name != str(os.getpid()):
                found.append(path.name)
    return found

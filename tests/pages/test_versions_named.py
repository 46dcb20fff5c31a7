"""The versions that pages name are those that get installed: all of them, and no others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
PINNED = [ROOT / "constraints.txt", ROOT / "requirements-airflow.txt"]
# What a learner reads. Decisions tell of the day on which they were made.
READ = sorted(
    [
        *(one for one in ROOT.glob("*.md") if one.name != "CHANGELOG.md"),  # what was stays
        # A dated table tells what was newest on its days.
        *(one for one in ROOT.glob("docs/*.md") if one.name.split(".")[0] != "works"),
        *ROOT.glob("katas/*/*.md"),
        *ROOT.glob("katas/*/*.toml"),
        *ROOT.glob("katas/*/test_*.py"),
        *ROOT.glob("reference/*/*.py"),
    ]
)
TOOLS = {
    "Airflow": "apache-airflow",
    "Dagster": "dagster",
    "MLflow": "mlflow",
    "Prefect": "prefect",
    "skops": "skops",
}
# What is told as history.
PAST = {("Airflow", "3.0"), ("MLflow", "2.9")}
VERSION = r"(?<![\d.])\d+(?:\.\d+){1,2}(?![\d.]*\d)"


def pins() -> dict[str, set[str]]:
    """Return the versions of each package that some Python gets."""
    found: dict[str, set[str]] = {}
    for file in PINNED:
        for line in file.read_text(encoding="utf-8").splitlines():
            if "==" in line and not line.startswith("#"):
                requirement = Requirement(line.split(" #")[0])
                versions = {one.version for one in requirement.specifier if one.operator == "=="}
                found.setdefault(requirement.name, set()).update(versions)
    return found


def is_of(named: str, pin: str) -> bool:
    """Say whether `3.8` or `3.8.8` names the version 3.8.8."""
    return f"{pin}.".startswith(f"{named}.")


def faults_of(text: str, pins: dict[str, set[str]]) -> list[str]:
    """Return what a text says of versions that does not hold."""
    text = re.sub(r"https?://\S+", "", text)
    versions = set(re.findall(VERSION, text))
    faults = []
    for tool, package in TOOLS.items():
        named = set(re.findall(rf"\b{tool} ({VERSION})", text))
        named -= {version for name, version in PAST if name == tool}
        unknown = {one for one in named if not any(is_of(one, pin) for pin in pins[package])}
        faults += [f"{tool} {one} is not installed: {pins[package]}" for one in sorted(unknown)]
        if named:
            missing = {pin for pin in pins[package] if not any(is_of(v, pin) for v in versions)}
            faults += [f"{tool} {pin} is installed too" for pin in sorted(missing)]
    installed = set().union(*pins.values())
    whole = {version for version in versions if version.count(".") == 2}
    return faults + [f"{one} is a version of nothing" for one in sorted(whole - installed)]


PINS = pins()


@pytest.mark.parametrize("file", READ, ids=lambda path: str(path.relative_to(ROOT)))
def test_versions_are_those_that_are_installed(file: Path) -> None:
    assert faults_of(file.read_text(encoding="utf-8"), PINS) == []


MADE_UP = {
    **{package: {"1.2.3"} for package in TOOLS.values()},
    "prefect": {"3.8.8", "3.10.0"},
}


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("Six traps (Prefect 3.8.8 and 3.10.0):", 0),
        ("Prefect 3.8, on Python 3.10, and 3.10, on Python 3.11", 0),
        ("(Prefect 3.8.8)", 1),
        ("(Prefect 3.10.0)", 1),
        ("(Prefect 3.1 and 3.8.8 and 3.10.0)", 1),
        ("(Prefect 3.8.8, 3.10.0 and 3.7.99)", 1),
        ("Dagster 1.13.0", 3),
        ("deprecated since MLflow 2.9; Airflow 3.0 came in 2025; MLflow 1.2", 0),
        ("http://127.0.0.1:4200, Airflow 3, https://x.example/3.3.1/", 0),
    ],
)
def test_version_that_does_not_hold_is_found(text: str, faults: int) -> None:
    assert len(faults_of(text, MADE_UP)) == faults, faults_of(text, MADE_UP)

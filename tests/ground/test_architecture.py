"""Imports run one way, and the light commands stay light."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name as canonical

from dojo.catalog.handed_out import handed_out, names_handed_out
from dojo.ground.paths import PACKAGE_ROOT

README = (PACKAGE_ROOT / "README.md").read_text(encoding="utf-8")
# The README's table is the only truth: a room imports from its own floor or from below.
ROOMS = {
    room: (int(floor), role)
    for floor, room, role in re.findall(r"^\| (\d+) \| `(\w+)/` \| (.+) \|$", README, re.MULTILINE)
}
MOST_MODULES = 10
MOST_LINES = 300
MOST_LINES_OF_A_COMMAND = 60
HEAVY = ("airflow", "dagster", "mlflow", "pandas", "prefect", "sklearn")
LIGHT = (
    "dojo.catalog.kata",
    "dojo.catalog.progress",
    "dojo.catalog.verdict",
    "dojo.terminal.screen",
    "dojo.cli.door",
)
# Where the halves of an examination may import from: one runs outside, one behind the walls.
HALVES = {
    "exam.py": {"dojo.exam", "dojo.wire", "dojo.world"},
    "inside.py": {"dojo.inside", "dojo.world", "dojo.engines"},
}
TAUGHT = {
    "airflow",
    "cloudpickle",  # how Dask sends what it sends
    "dagster",
    "dagster_shared",  # where Dagster keeps its CheckError
    "distributed",
    "httpx",
    "mlflow",
    "numpy",
    "pandas",
    "prefect",
    "prefect_dask",
    "pydantic",
    "pytest",
    "requests",
    "responses",
    "sklearn",
    "xgboost",
}


def modules_of(folder: Path) -> dict[str, Path]:
    """Return the files of a package by the name they are imported with."""
    found = {}
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder.parent).with_suffix("").parts
        found[".".join(part for part in parts if part != "__init__")] = path
    return found


def source_of(path: Path) -> bytes:
    """Return a file's source; of a kata's stub, which somebody may have filled, the one it was."""
    is_stub = "katas" in path.parts and path.name == f"{path.parent.name[3:]}.py"
    return handed_out(path) if is_stub else path.read_bytes()


def imports_of(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and name of all that a file imports anywhere; `.` begins a relative one."""
    for node in ast.walk(ast.parse(source_of(path))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{start}.{alias.name}") for alias in node.names)


def floor_of(module: str) -> int | None:
    """Return the number of a module's floor; None if it has no place."""
    parts = module.split(".")
    if parts in (["dojo"], ["dojo", "__main__"]):
        return 99
    return ROOMS[parts[1]][0] if parts[1] in ROOMS else None


OURS = modules_of(PACKAGE_ROOT / "dojo")


def arrows() -> dict[str, set[str]]:
    """Return for each module of ours the modules of ours that it imports."""
    found: dict[str, set[str]] = {}
    for name, path in OURS.items():
        targets = set()
        for _, imported in imports_of(path):
            # `from dojo.wire.line import Line` names an object of a module, `from dojo.wire
            # import line` a module.
            known = imported if imported in OURS else imported.rpartition(".")[0]
            if known in OURS:
                targets.add(known)
        found[name] = targets - {name}
    return found


def test_every_module_of_ours_has_its_floor() -> None:
    assert [name for name in OURS if floor_of(name) is None] == []


def test_readme_says_of_each_room_what_its_docstring_says() -> None:
    said = {room: ast.get_docstring(ast.parse(OURS[f"dojo.{room}"].read_text())) for room in ROOMS}

    assert {room: role for room, (_, role) in ROOMS.items()} == {
        room: (text or "").splitlines()[0] for room, text in said.items()
    }


def test_no_room_is_too_full() -> None:
    counts = {room: len(list((PACKAGE_ROOT / "dojo" / room).glob("*.py"))) - 1 for room in ROOMS}

    assert {room: count for room, count in counts.items() if count > MOST_MODULES} == {}


def test_no_module_is_too_long() -> None:
    lines = {name: len(path.read_text("utf-8").splitlines()) for name, path in OURS.items()}

    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def test_no_function_of_a_command_is_too_long() -> None:
    too_long = [
        f"{name}:{node.lineno} {node.name}"
        for name, path in OURS.items()
        if name.startswith("dojo.cli")
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= MOST_LINES_OF_A_COMMAND
    ]

    assert too_long == []


def test_imports_never_point_upwards() -> None:
    upwards = [
        f"{name} imports {target}"
        for name, targets in arrows().items()
        for target in targets
        if (floor_of(target) or 0) > (floor_of(name) or 0)
    ]

    assert upwards == []


def test_nothing_behind_the_walls_imports_the_examination() -> None:
    across = [
        f"{name} imports {target}"
        for name, targets in arrows().items()
        for target in targets
        if name.startswith(("dojo.inside", "dojo.sandbox")) and target.startswith("dojo.exam")
    ]

    assert across == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    circle = []
    try:
        TopologicalSorter(arrows()).prepare()
    except CycleError as error:
        circle = error.args[1]

    assert circle == []


def test_arrows_are_seen_wherever_they_are(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text(
        "import dojo.ground.run_folder\nfrom dojo.terminal import screen as show\n"
        "def f():\n    from dojo.warm.client import Warm\nfrom . import x\nfrom .y import z\n"
    )

    assert sorted(name for _, name in imports_of(path)) == [
        "..x",
        ".y.z",
        "dojo.ground.run_folder",
        "dojo.terminal.screen",
        "dojo.warm.client.Warm",
    ]


@pytest.mark.parametrize("module", LIGHT)
def test_light_module_imports_no_engine(module: str) -> None:
    code = f"import sys, {module}; print(*sorted(set(sys.modules) & set({HEAVY!r})))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(PACKAGE_ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "\n", "")


def foreign_imports(files: list[Path], allowed: set[str]) -> list[str]:
    """Return what files import beside the standard library and what is allowed."""
    return [
        f"{path.relative_to(PACKAGE_ROOT)}:{line} imports {name}"
        for path in files
        for line, name in imports_of(path)
        if name.split(".", 1)[0] not in allowed | sys.stdlib_module_names
    ]


@pytest.mark.parametrize("folder", ["katas", "reference"])
def test_katas_import_only_what_is_taught(folder: str) -> None:
    files = sorted((PACKAGE_ROOT / folder).glob("*/*.py"))
    files = [path for path in files if path.parent.name != "pipelines" and path.name not in HALVES]
    files = [path for path in files if path.name in names_handed_out(path.parent)]

    assert files
    assert foreign_imports(files, TAUGHT) == []


@pytest.mark.parametrize(("half", "rooms"), HALVES.items())
def test_half_of_an_examination_imports_from_its_own_side(half: str, rooms: set[str]) -> None:
    files = sorted((PACKAGE_ROOT / "reference").glob(f"*/{half}"))
    taught = TAUGHT if half == "inside.py" else set()  # outside no engine is imported
    foreign = [
        f"{path.parent.name}/{half}:{line} imports {name}"
        for path in files
        for line, name in imports_of(path)
        if name.split(".", 1)[0] not in taught | sys.stdlib_module_names
        and ".".join(name.split(".")[:2]) not in rooms
    ]

    assert files
    assert foreign == []


PIPELINES = PACKAGE_ROOT / "reference" / "pipelines"
JOB = {"churn_data", "churn_job", "command", "flaky_server"}
ORCHESTRATORS = {"airflow", "dagster", "prefect"}


@pytest.mark.parametrize("orchestrator", sorted(ORCHESTRATORS))
def test_pipeline_shares_nothing_but_the_job(orchestrator: str) -> None:
    files = sorted(PIPELINES.glob(f"{orchestrator}_*.py"))
    others = ORCHESTRATORS - {orchestrator}

    assert foreign_imports(files, (TAUGHT - others) | JOB | {path.stem for path in files}) == []


def test_job_has_no_orchestrator() -> None:
    files = [PIPELINES / f"{name}.py" for name in sorted(JOB)]

    assert foreign_imports(files, (TAUGHT - ORCHESTRATORS) | JOB) == []


def test_light_modules_need_no_package_that_does_not_come_with_ours() -> None:
    """What a library brought along, and brings no more, is missing for who installs it today."""
    there = comes_with("ml-dojo")
    owners = metadata.packages_distributions()
    hidden = {name for name, found in owners.items() if not {*map(canonical, found)} & there}
    assert {"prefect", "typer"} & hidden == {"prefect"}
    code = f"import sys; sys.modules |= dict.fromkeys({hidden!r}); import {', '.join(LIGHT)}"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(PACKAGE_ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")


def comes_with(name: str, found: set[str] | None = None) -> set[str]:
    """Return the distributions that are installed with one, as those here say, and itself."""
    found = set() if found is None else found
    if (name := canonical(name)) not in found:
        found.add(name)
        for needed in map(Requirement, metadata.requires(name) or []):
            if needed.marker is None or needed.marker.evaluate({"extra": ""}):
                comes_with(needed.name, found)
    return found

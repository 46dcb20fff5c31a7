"""The README's map from the workshop's commands to ours: each exists, and a test runs it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from dojo.catalog.kata import load_catalog

ROOT = Path(__file__).resolve().parents[2]
KATAS = load_catalog(ROOT)
HEADING = {
    "README.md": "## From the workshop to here",
    "README.fr.md": "## De l'atelier à ce dépôt",
}

# Which test runs what a command of the map begins with; the longest beginning counts.
RUN_BY = {
    "docker-compose up -d": "pipelines/test_compose.py::test_server_command_serves",
    "pip install -r requirements.txt": "../.ci/run",
    "dojo install dagster": "place/test_packages.py::test_track_is_installed_for_who_asks",
    "generate_sample_data": (
        "terminal/test_sample_data.py::test_kept_file_is_what_the_command_writes"
    ),
    "pytest katas": "katas/test_gate.py::test_reference_is_green",
    "python reference/": "katas/test_gate.py::test_reference_runs_by_itself",
    "python reference/12_churn_pipeline/churn_pipeline.py etape": (
        "pipelines/test_churn_steps.py::test_reference_shows_one_step"
    ),
    "python reference/pipelines/prefect_pipeline.py": (
        "pipelines/test_prefect_pipeline.py::test_second_time_champion_stays_and_scores_again"
    ),
    "python reference/pipelines/dagster_pipeline.py": "pipelines/test_dagster_pipeline.py",
    "dagster dev -f reference/pipelines/dagster_pipeline.py": "pipelines/test_dagster_pipeline.py",
    "python reference/pipelines/airflow_pipeline.py": (
        "pipelines/test_three_pipelines.py::test_command_ends_well"
    ),
}


def commands_of(page: str) -> list[str]:
    """Return the commands of the map's right column."""
    text = (ROOT / page).read_text(encoding="utf-8")
    table = text.split(HEADING[page], 1)[1].split("\n## ", 1)[0]
    rows = [line.split("|") for line in table.splitlines() if line.startswith("| `")]
    return [command for row in rows for command in re.findall(r"`([^`]+)`", row[2])]


def test_both_languages_have_the_same_map() -> None:
    assert commands_of("README.md") == commands_of("README.fr.md") != []


@pytest.mark.parametrize("command", commands_of("README.md"))
def test_command_leads_to_what_is_there(command: str) -> None:
    for word in command.split():
        if "/" in word:
            assert (ROOT / word).exists(), word


@pytest.mark.parametrize("command", commands_of("README.md"))
def test_command_is_run_by_a_test(command: str) -> None:
    beginning = max((one for one in RUN_BY if command.startswith(one)), key=len)
    file, _, test = RUN_BY[beginning].partition("::")
    source = (ROOT / "tests" / file).read_text(encoding="utf-8")
    if test:
        assert test in {node.name for node in ast.walk(ast.parse(source)) if hasattr(node, "name")}
    if beginning == "python reference/":
        shown = {str(kata.reference_file.relative_to(ROOT)) for kata in KATAS}
        assert command.removeprefix("python ") in shown


def test_map_leads_to_every_kata_of_the_workshop() -> None:
    shown = " ".join(commands_of("README.md"))
    # The workshop reads, or has no script.
    of_the_house = {"07_tracking", "08_registry", "16_xcom", "17_failed_night"}
    of_the_house |= {"18_pipeline_tests", "19_scale_out", "20_backfill"}
    missing = {kata.id for kata in KATAS if kata.id not in shown} - of_the_house
    assert missing == set()

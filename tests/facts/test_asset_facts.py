"""What Dagster really does with assets, checks and what is kept: what katas 13 and 14 tell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.facts.asking import ask, example_of

pytest.importorskip("dagster")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder: Path = tmp_path_factory.mktemp("assets")
    for kata in ("13", "14"):
        example = example_of(kata).split("\n\n\ndg.materialize")[0]
        (folder / f"example_{kata}.py").write_text(example, encoding="utf-8")
    return ask("assets.py", folder)


def test_retry_is_requested_for_one_error_and_one_wait(found: dict[str, Any]) -> None:
    assert found["requested"] == [[0, 1, 2, 3], [10, 20, 40]]


def test_failure_that_allows_no_retry_ends_at_once(found: dict[str, Any]) -> None:
    assert found["hopeless"] == ["hopeless"]


def test_deps_draw_an_arrow_and_a_wrong_name_is_no_asset(found: dict[str, Any]) -> None:
    assert found["arrow"] == [2, ["first"]]
    assert "is not produced by any" in found["misspelt"]


def test_metadata_of_the_decorator_are_the_definitions(found: dict[str, Any]) -> None:
    of_the_definition, of_the_materialisation = found["metadata of the definition"]
    assert of_the_definition == ["the definition"]
    assert "of" not in of_the_materialisation


def test_failed_asset_leaves_its_neighbours_alone(found: dict[str, Any]) -> None:
    assert found["neighbour"] == [False, 1]


@pytest.mark.parametrize("name", ["unknown key", "text"])
def test_configuration_is_refused_before_the_run(found: dict[str, Any], name: str) -> None:
    assert found[name] == ["DagsterInvalidConfigError", 0]


@pytest.mark.parametrize("name", ["numpy bool", "numpy metadata", "assert"])
def test_check_that_crashes_notes_no_evaluation(found: dict[str, Any], name: str) -> None:
    assert found[name][:2] == [False, 0]
    assert found["good"][:2] == [True, 1]


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("context", "DagsterInvalidDefinitionError"),
        ("configuration", "DagsterInvalidPythonicConfigDefinitionError"),
        ("inner_resource", "DagsterInvalidDefinitionError"),
        ("resource", "taken"),
        ("frame", "taken"),
    ],
)
def test_annotations_as_texts(found: dict[str, Any], name: str, error: str) -> None:
    assert found["future"][name] == error


def test_days_are_in_utc_and_end_with_yesterday(found: dict[str, Any]) -> None:
    assert found["days"] == ["2026-03-01", "2026-03-02", "2026-03-03"]


def test_example_keeps_and_loads_what_its_page_says(found: dict[str, Any]) -> None:
    assert found["example 13"] == {
        "made": [2, 1],
        "by environment": True,
        "value": 7.0,
        "file": "7.0",
        "metadata": 7.0,
    }


def test_example_stops_a_bad_month_if_its_check_is_given(found: dict[str, Any]) -> None:
    good, bad, unchecked, _ = found["example 14"]
    assert (good, bad, unchecked) == ([True, 1], [False, 1], [True, 0])


def test_materialize_raises_unless_told(found: dict[str, Any]) -> None:
    assert found["example 14"][3] == "OSError: busy"

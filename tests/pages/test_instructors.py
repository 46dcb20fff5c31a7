"""The pages for instructors name commands as they are, alike in both languages."""

from __future__ import annotations

import re
from typing import get_args

import pytest
import typer

from dojo.cli.door import app
from dojo.exam.marks import Verdict
from dojo.ground.paths import PACKAGE_ROOT

PAGES = [PACKAGE_ROOT / "docs" / f"instructors{ending}.md" for ending in ("", ".fr")]
ENGLISH, FRENCH = (page.read_text(encoding="utf-8") for page in PAGES)
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


def options_of(command: str) -> set[str]:
    return {name for option in COMMANDS[command].params for name in option.opts}


def blocks(page: str) -> list[str]:
    return re.findall(r"^```.*?^```$", page, flags=re.MULTILINE | re.DOTALL)


def test_code_is_the_same_in_both_languages() -> None:
    assert len(blocks(ENGLISH)) == 15
    assert blocks(ENGLISH) == blocks(FRENCH)
    assert ENGLISH.count("\n## ") == FRENCH.count("\n## ")


@pytest.mark.parametrize("page", [ENGLISH, FRENCH], ids=["en", "fr"])
def test_commands_have_the_options_that_the_page_gives_them(page: str) -> None:
    called = re.findall(
        r"(?m)\bdojo[\",]* \"?(grade|verify|export|report|mark|feedback|regrade)\b(.*)$", page
    )
    given = {(command, name) for command, rest in called for name in re.findall(r"--[a-z-]+", rest)}

    assert {command for command, _ in given} == {
        *("grade", "verify", "export", "report", "mark", "feedback"),
    }
    assert [(command, name) for command, name in given if name not in options_of(command)] == []


@pytest.mark.parametrize("page", [ENGLISH, FRENCH], ids=["en", "fr"])
def test_every_verdict_is_explained(page: str) -> None:
    table = "".join(line for line in page.splitlines() if line.startswith("| `"))

    assert [verdict for verdict in get_args(Verdict) if f"`{verdict}`" not in table] == []


@pytest.mark.parametrize("page", [ENGLISH, FRENCH], ids=["en", "fr"])
def test_workflow_gets_the_inputs_that_it_has(page: str) -> None:
    caller = next(block for block in blocks(page) if "workflow_dispatch" in block)
    given = set(re.findall(r"(?m)^      ([a-z-]+):", caller.split("    with:\n")[1]))
    workflow = (PACKAGE_ROOT / ".github" / "workflows" / "grade.yml").read_text(encoding="utf-8")

    assert given
    assert given <= set(re.findall(r"(?m)^      ([a-z-]+):$", workflow))

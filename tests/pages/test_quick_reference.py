"""The quick reference: its snippets run and prove something, in both languages the same ones."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE, TRANSLATION = DOCS / "quick_reference.md", DOCS / "quick_reference.fr.md"
ELSEWHERE = "airflow"  # it has an environment of its own: tests/airflow


def tokens_of(page: Path) -> list[Token]:
    return MarkdownIt().parse(page.read_text(encoding="utf-8"))


def fences_of(page: Path) -> list[tuple[str, str]]:
    return [(token.info, token.content) for token in tokens_of(page) if token.type == "fence"]


# Tool, line of the page and source; the tool is the second word after the fence.
SNIPPETS = [
    (token.info.split()[-1], token.map[0] + 1, token.content)
    for token in tokens_of(PAGE)
    if token.type == "fence" and token.map
]
RUN_HERE = [snippet for snippet in SNIPPETS if snippet[0] != ELSEWHERE]

# One process, one harness, one store; the snippets of a tool share their names, in the page's
# order. Compiled as the page's own lines, an error shows them and Prefect finds a task's source.
RUN = """
import json, os, sys, traceback
from pathlib import Path

from dojo.engines.mlflow import engine as mlflow
from dojo.engines.prefect import engine as prefect
from dojo.ground.run_folder import Room

room = Room()
room.furnish()
prefect.isolate(room)
mlflow.isolate()
os.environ.update(
    MLFLOW_TRACKING_URI=mlflow.new_store(room.folder("mlflow"), lambda _: None),
    DAGSTER_HOME=str(room.folder("dagster")),
    DAGSTER_DISABLE_TELEMETRY="1",
)
os.chdir(room.folder("work"))
_, page, found = sys.argv
__file__ = page  # a flow without a file cannot be deployed
snippets, names, errors = json.load(sys.stdin), {}, {}
with prefect.harness(room, lambda _: None), prefect.results_in(room.folder("results")):
    for tool, line, source in snippets:
        code = compile("\\n" * line + source, page, "exec")
        try:
            exec(code, names.setdefault(tool, {"__name__": "__main__"}))
        except Exception:
            errors[line] = traceback.format_exc()
Path(found).write_text(json.dumps(errors))
room.close()
"""


@pytest.fixture(scope="module")
def errors(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    file = tmp_path_factory.mktemp("snippets") / "errors.json"
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(PAGE), str(file)],
        input=json.dumps(RUN_HERE),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(json.loads(file.read_text(encoding="utf-8")))


@pytest.mark.slow
@pytest.mark.parametrize("line", [pytest.param(s[1], id=f"{s[0]}-{s[1]}") for s in RUN_HERE])
def test_snippet_runs_and_holds(errors: dict[str, str], line: int) -> None:
    assert str(line) not in errors, errors[str(line)]


def test_each_snippet_names_a_tool() -> None:
    assert {info for info, _ in fences_of(PAGE)} == {
        f"python {tool}" for tool in ("prefect", "dagster", "mlflow", ELSEWHERE)
    }


@pytest.mark.parametrize("snippet", [pytest.param(s, id=f"{s[0]}-{s[1]}") for s in SNIPPETS])
def test_each_snippet_proves_something_or_imports(snippet: tuple[str, int, str]) -> None:
    statements = ast.parse(snippet[2]).body
    imports_only = all(isinstance(one, ast.Import | ast.ImportFrom) for one in statements)
    assert imports_only or "assert " in snippet[2]


def test_both_languages_have_the_same_snippets() -> None:
    assert fences_of(TRANSLATION) == fences_of(PAGE)


def test_both_languages_have_the_same_structure() -> None:
    def structure(page: Path) -> list[str]:
        outline = ("heading_open", "table_open", "tr_open", "fence", "paragraph_open")
        tokens = MarkdownIt().enable("table").parse(page.read_text(encoding="utf-8"))
        return [token.tag or token.type for token in tokens if token.type in outline]

    assert structure(TRANSLATION) == structure(PAGE)

"""No general module names an engine: what one brings for a room is named by the engine itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from dojo.catalog.pack import own_pack
from dojo.engines import ENGINES
from dojo.ground.paths import PACKAGE_ROOT

NAMED = re.compile("|".join(own_pack().engines), re.IGNORECASE)
# What names one all the same, and why.
EXCEPTIONS = {
    "dojo.batch.cluster": "a batch may be a flow run of the instructor's: no kata's engine",
    "dojo.batch.flow": "as above",
    "dojo.cli.grade": "as above",
    "dojo.exam.shared.history": "for the exam.py of katas: reads what Dagster has left",
    "dojo.exam.shared.stores": "for the exam.py of katas: reads what MLflow has left",
    "dojo.inside.dagster": "for the inside.py of katas",
    "dojo.inside.deployments": "for the inside.py of katas",
    "dojo.inside.stores": "for the inside.py of katas",
    "dojo.laws.rules": "the words of laws that are about one library",
    "dojo.place.carried": "the name of a file, where only Python is installed",
    "dojo.place.shape": "the text of a file: what Git is to leave alone",
    "dojo.replay.compare": "the word for a kind of run",
    "dojo.replay.heard.airflow": "a program for the database of one engine",
    "dojo.replay.heard.values": "asks a scheduler what a line of cron means",
    "dojo.replay.words": "the word for a kind of run",
    "dojo.terminal.place_checks": "the words of a message",
    "dojo.terminal.sample_data": "the words of a message",
    "dojo.world.clock": "what a test controls of libraries, by their seams",
    "dojo.world.history": "as above: what Prefect's engine says",
    "dojo.world.cluster.member": "as above: a worker on which an engine's task runs",
    "dojo.world.cluster.noted": "as above: task runs that workers have noted",
    "dojo.world.impatience": "as above",
    "dojo.world.logged": "as above: the loggers of runs",
    "dojo.world.seams.dagster": "a table of seams",
    "dojo.world.seams.prefect": "a table of seams",
    "dojo.world.serving": "as above: deployments served",
    "dojo.world.time_of_day": "as above",
}


def parts() -> set[str]:
    """Return the modules that an engine names, or that have the fixtures of engines."""
    named = {one for engine in ENGINES.values() for one in engine.parts.values()}
    return {one.partition(":")[0] for one in named} | set(own_pack().fixtures)


def said_by(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and text of each name and each string in the code of a file; no docstring."""
    tree = ast.parse(path.read_bytes())
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.lineno, node.value
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, node.module or ""
        for field in ("id", "attr", "name", "arg"):
            if isinstance(text := getattr(node, field, None), str):
                yield getattr(node, "lineno", 0), text


def naming() -> dict[str, list[tuple[int, str]]]:
    """Return by module what names an engine, outside of the engines' own room."""
    found = {}
    for path in sorted((PACKAGE_ROOT / "dojo").rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE_ROOT).with_suffix("").parts)
        said = [(line, text) for line, text in said_by(path) if NAMED.search(text)]
        if said and not name.startswith("dojo.engines."):
            found[name.removesuffix(".__init__")] = said
    return found


def test_no_general_module_names_an_engine() -> None:
    known = parts() | EXCEPTIONS.keys()

    assert {name: said for name, said in naming().items() if name not in known} == {}


def test_each_exception_is_one() -> None:
    assert EXCEPTIONS.keys() - naming().keys() == set()
    assert EXCEPTIONS.keys() & parts() == set()


def test_each_part_of_an_engine_is_there() -> None:
    from dojo.engines import part_of

    missing = [
        (name, part)
        for name, engine in ENGINES.items()
        for part in engine.parts
        if part_of(engine, part) is None
    ]

    assert missing == []

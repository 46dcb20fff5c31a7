"""Draw the picture of a page's small example from a real run of it: `katas/NN_slug/example.svg`.

What was recorded is kept in `docs/examples.jsonl`, with a digest of the page's code: a test sees
when that has changed, and that each picture is what is drawn of it.

Usage: python docs/make_examples.py
"""

from __future__ import annotations

import hashlib
import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dojo.catalog.kata import Kata, find_kata, load_catalog
from dojo.replay.picture import as_file
from dojo.replay.story import Story, read_stories, write_stories

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "docs/examples.jsonl"
_BLOCK = re.compile(r"^## A small example\n.*?^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_OPENS_S = 0.2


def code_of(kata: Kata) -> str:
    """Return the first block of code of a page's small example."""
    page = (kata.folder / "README.md").read_text(encoding="utf-8")
    found = _BLOCK.search(page)
    if found is None:
        sys.exit(f"{kata.id}: its page has no code under 'A small example'")
    return found[1]


def digest_of(kata: Kata) -> str:
    """Return what a kept story says its code was."""
    return f"sha256:{hashlib.sha256(code_of(kata).encode()).hexdigest()}"


def pictures() -> dict[Path, str]:
    """Return each picture as it is drawn of what is kept."""
    katas, found = load_catalog(ROOT), {}
    kept = read_stories(KEPT)
    for name in dict.fromkeys(one.kata for one in kept):
        kata = find_kata(katas, name)
        stories = [(one.test, one) for one in kept if one.kata == name]
        title = f"{kata.title.en}: what the engine recorded of the small example"
        found[kata.folder / "example.svg"] = as_file(stories, title)
    return found


# How each example is run: the names of its code, a folder; yields a caption and what to run.


def _retries(code: dict[str, Any], folder: Path) -> dict[str, Callable[[], object]]:
    export = folder / "export.csv"
    read, tries = code["pd"].read_csv, []

    class Share:
        DataFrame = code["pd"].DataFrame

        @staticmethod
        def read_csv(path: str) -> Any:
            tries.append(path)
            if len(tries) == 3:
                export.write_text("customer_id\n1\n")
            return read(path)

    code["pd"] = Share
    return {"it comes back": lambda: code["read_export"](str(export))}


def _parallelism(code: dict[str, Any], folder: Path) -> dict[str, Callable[[], object]]:
    paths = [str(folder / f"{name}.csv") for name in "abcd"]
    for path in paths:
        Path(path).write_text("1\n2\n")

    def slow(path: str) -> Any:
        time.sleep(_OPENS_S)
        return open(path)

    code["open"] = slow

    @code["flow"](name="count-all")
    def count_in_turn(paths: list[str]) -> int:
        return sum(code["count_lines"].submit(path).result() for path in paths)

    return {
        "submitted": lambda: code["count_all"](paths),
        "result at once": lambda: count_in_turn(paths),
    }


def _subflows(code: dict[str, Any], folder: Path) -> dict[str, Callable[[], object]]:
    del folder
    table = code["pd"].DataFrame({"kwh": [1.0, 2.0, 6.0]})

    class Files:
        Series = code["pd"].Series

        @staticmethod
        def read_csv(path: str) -> Any:
            del path
            return table

    code["pd"] = Files
    return {
        "the year": lambda: code["yearly_report"](),
        "each day": lambda: code["daily_alert"](3.0),
    }


EXAMPLES = {"02": _retries, "04": _parallelism, "06": _subflows}


def main() -> None:
    """Run the examples, keep what was recorded, draw it."""
    from dojo.engines.prefect import engine
    from dojo.ground.run_folder import Room

    room = Room()
    room.furnish()
    engine.isolate(room)
    katas, stories = load_catalog(ROOT), []
    with engine.harness(room, print):
        engine.rehearse()
        for name, prepare in EXAMPLES.items():
            stories += _recorded(find_kata(katas, name), prepare)
    write_stories(KEPT, stories)
    for path, picture in pictures().items():
        path.write_text(picture, encoding="utf-8")


def _recorded(kata: Kata, prepare: Callable[..., dict[str, Callable[[], object]]]) -> list[Story]:
    from dojo.replay.heard import prefect
    from dojo.replay.heard.gathered import Gathered
    from dojo.world import clock

    found = []
    with tempfile.TemporaryDirectory(prefix="dojo-example-") as name:
        code: dict[str, Any] = {"__name__": "example"}
        file = Path(name) / "example.py"
        file.write_text(code_of(kata), encoding="utf-8")
        exec(compile(file.read_text("utf-8"), str(file), "exec"), code)
        for caption, run in prepare(code, Path(name)).items():
            gathered = Gathered(Path(name))
            with clock.free_waits(clock.RetryClock()), prefect.heard(gathered):
                run()
                found.append(gathered.story(kata.id, caption, digest_of(kata)))
    return found


if __name__ == "__main__":
    main()

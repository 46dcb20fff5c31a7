"""Record a whole program, such as a pipeline, and write its page: a process of its own.

Usage: python -m dojo.replay.heard.program PAGE PROGRAM [ARGUMENT ...]
"""

from __future__ import annotations

import contextlib
import importlib
import re
import runpy
import sys
from pathlib import Path

from dojo.catalog.pack import pack_at
from dojo.engines import ENGINES, part_of, register
from dojo.ground.files import write_whole
from dojo.ground.paths import find_root
from dojo.place.state import language_here
from dojo.replay import page
from dojo.replay.heard.gathered import Gathered


def main(target: Path, program: Path, arguments: list[str]) -> int:
    """Run a program as if it had been started, and write the page of what was recorded.

    Args:
        target: The page.
        program: A file of Python.
        arguments: The program's.

    Returns:
        How the program ended.
    """
    imported = re.findall(r"^(?:from|import) (\w+)", program.read_text("utf-8"), re.MULTILINE)
    register(pack_at(find_root()))
    heard = [ENGINES[name] for name in ENGINES.keys() & set(imported)]
    for engine in filter(lambda one: one.begins_with, heard):
        importlib.import_module(engine.begins_with)
    sys.argv[:] = [str(program), *arguments]
    sys.path[0] = str(program.parent)
    gathered, code = Gathered(), 0
    language = language_here(find_root())  # while this is the folder that it was given in
    with contextlib.ExitStack() as stack:
        # An engine's part `program` is a function that takes a `Gathered`: a block.
        for part in filter(None, (part_of(engine, "program") for engine in ENGINES.values())):
            stack.enter_context(part(gathered))
        try:
            runpy.run_path(str(program), run_name="__main__")
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
    story = gathered.story(program.name, " ".join(arguments) or "as it is", str(program))
    written = page.write(f"{program.name}: a whole run", [(program.stem, story)], language=language)
    write_whole(target, written)
    return code


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), sys.argv[3:]))

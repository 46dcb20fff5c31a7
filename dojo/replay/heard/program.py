"""Record a whole program, such as a pipeline, and write its page: a process of its own.

Usage: python -m dojo.replay.heard.program PAGE PROGRAM [ARGUMENT ...]
"""

from __future__ import annotations

import importlib
import re
import runpy
import sys
from pathlib import Path

from dojo.ground.files import write_whole
from dojo.ground.paths import find_root
from dojo.place.state import language_here
from dojo.replay import page
from dojo.replay.heard import dagster, prefect
from dojo.replay.heard.gathered import Gathered

# What must be there before a program begins, so that it can be heard.
_ENGINES = {"prefect": "prefect.task_engine", "dagster": "dagster"}


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
    for name in _ENGINES.keys() & set(imported):
        importlib.import_module(_ENGINES[name])
    sys.argv[:] = [str(program), *arguments]
    sys.path[0] = str(program.parent)
    gathered, code = Gathered(), 0
    language = language_here(find_root())  # while this is the folder that it was given in
    with prefect.heard(gathered), prefect.flows_read_at_once(gathered), dagster.heard(gathered):
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

"""Load the plugin of the katas: `--solutions`, `--track` and the fixtures.

It stands at the root because pytest asks only the root for options before it reads the others.
"""

import sys
from importlib.util import find_spec

missing = [name for name in ("dojo", "filelock", "rich") if find_spec(name) is None]
if missing:
    print(
        f"This pytest, of {sys.prefix}, has no {missing[0]}: the dojo is not installed in it. Mend:"
        " activate the environment that you made as the README says (. .venv/bin/activate).",
        file=sys.stderr,
    )
    raise SystemExit(4)  # what pytest itself returns for a call that cannot work

pytest_plugins = ["dojo.running.entry"]

"""The files that `dojo new` begins with; what stands in braces is put in by `making`."""

from __future__ import annotations

PACK = {
    "pyproject.toml": """\
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "{name}"
version = "0.1.0"
description = "Katas for the ML dojo"
requires-python = ">=3.10"
dependencies = ["ml-dojo"]

# Whoever installs this by pip has the pack: 'dojo list' shows its katas.
[project.entry-points."dojo.packs"]
{name} = "{module}"

# The folder itself is the package: so the wheel has the same tree as the repository.
[tool.setuptools]
packages = ["{module}"]
package-dir = {{ {module} = "." }}

[tool.setuptools.package-data]
{module} = ["pyproject.toml", "katas/**/*", "reference/**/*"]

[tool.dojo.pack]
format = {format}
name = "{name}"
languages = ["en"]
fixtures = []

[tool.dojo.pack.tracks]
{track} = "{title}"

# What katas may need besides packages: name = "module:ENGINE"; see docs/authors.md.
[tool.dojo.pack.engines]

[tool.pytest.ini_options]
addopts = ["--import-mode=importlib"]
testpaths = ["katas"]
norecursedirs = ["answers", "reference", ".*", "__pycache__"]
""",
    "conftest.py": '''\
"""Load the plugin of the katas: `--solutions`, `--track` and the fixtures."""

pytest_plugins = ["dojo.running.entry"]
''',
    ".gitignore": """\
__pycache__/
.dojo/
.pytest_cache/
.venv/
build/
*.egg-info/
""",
}

KATA = {
    "katas/{name}/kata.toml": """\
number = {number}
slug = "{slug}"
track = "{track}"
# The packages and engines that it needs, by name.
needs = []

[title]
en = "{title}: TODO what it is about"

[incident]
en = "TODO what broke, when, and what it cost"

[[tasks]]
points = 10
tests = ["test_greeting_names_whoever_is_greeted"]

[tasks.title]
en = "TODO what the first task asks for"

[tasks.hints]
en = ["TODO where to look", "TODO the idea", "TODO nearly the line"]
""",
    "katas/{name}/README.md": """\
# {title}

TODO the incident: what broke, when, what it cost.

The rule: **TODO the one rule that would have prevented it.**

```python
print("TODO a small example that is not the solution")
```

1. `greeting(name)` TODO what the first task asks for.
""",
    "katas/{name}/{slug}.py": '''\
"""TODO what this module is for, in the world of the page."""

from __future__ import annotations


def greeting(name: str) -> str:
    """Return a line that greets somebody by name.

    Args:
        name: Whom.
    """
    raise NotImplementedError  # TODO(kata): task 1
''',
    "katas/{name}/test_{slug}.py": '''\
"""TODO what these tests look at."""

from typing import Any


def test_greeting_names_whoever_is_greeted(solution: Any) -> None:
    said = solution.greeting("Ada")

    assert "Ada" in said, (
        f"greeting('Ada') returned {{said!r}}. Expected: a line with 'Ada' in it."
        " In production: TODO what it would have cost."
    )
''',
    "reference/{name}/{slug}.py": '''\
"""TODO what this module is for, in the world of the page."""

from __future__ import annotations


def greeting(name: str) -> str:
    """Return a line that greets somebody by name.

    Args:
        name: Whom.
    """
    return f"Good evening, {{name}}."


if __name__ == "__main__":
    print(greeting("Ada"))
''',
    "reference/{name}/exam.py": '''\
"""Examine {name}: TODO what is drawn, and what is looked at."""

from __future__ import annotations

from dojo.kit import Desk, examines


{examines}(1, rests_on=("answer",))
def whoever_is_drawn_is_greeted(desk: Desk) -> None:
    """Greet somebody whom nobody knows before."""
    name = f"N{{desk.rng.randrange(10**6)}}"
    outcome = desk.call("greeting", name)
    desk.note("greeted", not outcome.raised and name in str(outcome.returned))
''',
    "reference/{name}/answers/wrong_greets_always_the_same.py": '''\
"""Whoever reads the test only returns what it asks for.

Refused by: test_greeting_names_whoever_is_greeted
"""


def greeting(name):
    return "Good evening."
''',
}

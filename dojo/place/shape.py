"""Write what a workspace has beside the katas: its page, pytest's settings, packages, Git.

All of it is the learner's to change: an update replaces what nobody has touched.
"""

from __future__ import annotations

from pathlib import Path

from dojo.catalog.kata import Language, Track
from dojo.catalog.pack import own_pack

# The tracks whose packages go together; the first one's come with a workspace that has all tracks.
# Those of the others are in files.
APART = own_pack().requirements
EXTRAS = tuple(track for track in own_pack().tracks if track not in APART)

_PYPROJECT = """\
# What pytest needs to find the katas; add what is yours.
[tool.pytest.ini_options]
minversion = "8.0"
testpaths = ["katas"]
norecursedirs = [".*", "reference", "__pycache__"]
addopts = ["--import-mode=importlib"]
"""
_IGNORED = """\
# Python
__pycache__/
*.py[cod]

# environments and caches
.venv*/
.pytest_cache/

# what the dojo keeps for this machine; the originals of your files belong to the workspace
.dojo/*
packs/*/.dojo/
!.dojo/original/
!.dojo/workspace.json

# what the engines leave while one works
mlruns/
mlartifacts/
mlflow.db
churn-results/
"""
_ATTRIBUTES = """\
# Lines end as they were written, on every system.
* text=auto eol=lf
"""


def extra_of(track: Track | None) -> str:
    """Return which of the package's extras has what a workspace needs first."""
    return track or EXTRAS[0]


def files(version: str, track: Track | None, lang: Language) -> dict[str, bytes]:
    """Return what a workspace has beside the katas, by its path."""
    page = Path(__file__).with_name(f"page.{lang}.md")
    if not page.is_file():
        page = page.with_name("page.en.md")
    texts = {
        "README.md": page.read_text(encoding="utf-8"),
        "pyproject.toml": _PYPROJECT,
        "requirements.txt": _requirements(version, track),
        ".gitignore": _IGNORED,
        ".gitattributes": _ATTRIBUTES,
    }
    return {name: text.encode() for name, text in texts.items()}


def _requirements(version: str, track: Track | None) -> str:
    if track in APART:  # constraints.txt is for the others
        return f"-r {APART[track]}\nml-dojo=={version}\n"
    note = "" if track else "# The first track's packages; 'dojo' asks before another one's.\n"
    return f"{note}-c constraints.txt\nml-dojo[{extra_of(track)}]=={version}\n"

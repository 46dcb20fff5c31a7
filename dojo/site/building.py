"""Build a site: lay out both languages, have Sphinx make each, check all, put it in its place."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from dojo.catalog.kata import Kata, Language
from dojo.ground.exits import Exit, Stop
from dojo.site.checking import faults_of
from dojo.site.layout import lay_out
from dojo.site.pages import LANGUAGES, Site, site_of

_SETTINGS = Path(__file__).with_name("sphinx")
_NEEDED = ("sphinx", "myst_parser", "pydata_sphinx_theme")
# Sphinx writes it into every folder of HTML that it makes.
_MARK = ".buildinfo"


def build_site(root: Path, katas: Iterable[Kata], out: Path) -> list[str]:
    """Build the site of a checkout, English at its top and French in `fr/`.

    Args:
        root: The folder that holds `katas/`.
        katas: Those in it.
        out: Where the site is put, whole: what was there is replaced, if it was a site.

    Returns:
        A line for each fault of the pages; if there is one, nothing was put anywhere.

    Raises:
        Stop: The generator is not installed, `out` is something else, or a file cannot be read.
    """
    if any(importlib.util.find_spec(name) is None for name in _NEEDED):
        raise Stop(
            Exit.ENVIRONMENT,
            "the site is made by Sphinx, which is not here (it needs Python 3.11);"
            " in a clone: pip install -c constraints.txt -e '.[site]'",
        )
    if out.exists() and not (out / _MARK).is_file() and (not out.is_dir() or any(out.iterdir())):
        raise Stop(Exit.USAGE, f"{str(out)!r} is there and is no site; name another with --out")
    try:
        site = site_of(root, katas)
        with tempfile.TemporaryDirectory(prefix="dojo-site-") as name:
            made = Path(name, "site")
            faults = _build(site, Path(name), made) or list(faults_of(made))
            if not faults:
                _put(made, out)
    except (OSError, ValueError) as error:
        raise Stop(Exit.ENVIRONMENT, f"the site cannot be made: {error}") from None
    return faults


def _build(site: Site, work: Path, made: Path) -> list[str]:
    """Make both languages at once; return what Sphinx complains of."""
    running = []
    for language in LANGUAGES:
        source = work / language
        source.mkdir()
        lay_out(site, language, source)
        target = made / "fr" if language == "fr" else made
        command = [sys.executable, "-m", "sphinx", "--builder", "html", "--quiet", "--fresh-env"]
        command += ["--fail-on-warning", "--conf-dir", str(_SETTINGS)]
        command += ["--doctree-dir", str(work / f"{language}-trees"), str(source), str(target)]
        running.append(
            subprocess.Popen(
                command,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                env={**os.environ, "NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "1"},
            )
        )
    faults = []
    for language, process in zip(LANGUAGES, running, strict=True):
        said = process.communicate()[1]
        lines = [_told(site, work, language, line) for line in said.splitlines() if line.strip()]
        if process.returncode:
            faults += lines or [f"Sphinx ended with {process.returncode} and said nothing"]
    return faults


def _told(site: Site, work: Path, language: Language, line: str) -> str:
    """Name the page of the checkout in a line of Sphinx about the page that was laid out."""
    match = re.match(rf"{re.escape(str(work / language))}/(?P<place>[^:]+)\.md(?P<rest>.*)", line)
    if match is None:
        return line.replace(f"{work}{os.sep}", "")
    page = site.pages.get((language, match["place"]))
    return f"{page.source if page else match['place']}{match['rest']}"


def _put(made: Path, out: Path) -> None:
    """Put a site in its place: it is copied beside it first, then both change places."""
    out.parent.mkdir(parents=True, exist_ok=True)
    beside, old = (out.with_name(f".{out.name}.{os.getpid()}.{what}") for what in ("new", "old"))
    try:
        shutil.copytree(made, beside)
        if out.exists():
            out.rename(old)
        beside.rename(out)
    finally:
        for one in (beside, old):
            shutil.rmtree(one, ignore_errors=True)

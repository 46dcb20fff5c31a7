"""Keep what works with what: run the katas of a track on the reference, and write down what came.

Usage: python docs/make_works.py [prefect] [mlflow] [dagster] [airflow]

Each track that is named is run here and now, with the packages that are installed beside this
Python. `works.json` keeps the last run of a track for each Python; `works.md` and `works.fr.md`
tell it, and are written from that file alone (also when no track is named). CI's weekly job runs
this: nobody types a row in. It ends with 1 if a test was red, which is written down like the rest.
"""

from __future__ import annotations

import json
import platform
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from importlib import metadata
from pathlib import Path
from typing import Any

from dojo.catalog.kata import Language
from dojo.catalog.pack import own_pack
from dojo.ground.files import write_whole

ROOT = Path(__file__).resolve().parent.parent
RECORD = ROOT / "docs" / "works.json"
TRACKS: dict[str, tuple[str, ...]] = {
    "prefect": ("prefect", "scikit-learn", "pandas"),
    "mlflow": ("mlflow", "prefect", "scikit-learn", "pandas"),
    "dagster": ("dagster", "scikit-learn", "pandas"),
    "airflow": ("apache-airflow", "mlflow", "scikit-learn", "pandas"),
}
PAGES: dict[Language, Path] = {"en": ROOT / "docs/works.md", "fr": ROOT / "docs/works.fr.md"}
HEADS: dict[Language, str] = {
    "en": "| day | track | with | Python | system | tests |",
    "fr": "| jour | parcours | avec | Python | système | tests |",
}
_GREEN = {"en": "all {tests} green", "fr": "{tests}, tous verts"}
_RED = {"en": "{red} of {tests} red: {katas}", "fr": "{red} rouges sur {tests}\u00a0: {katas}"}
_NEVER = {
    "en": "| | | | | | the weekly job has not run yet |",
    "fr": "| | | | | | le job hebdomadaire n'a pas encore tourné |",
}


def run(track: str) -> dict[str, Any]:
    """Run the katas of a track on the reference; return what is kept of it.

    Raises:
        RuntimeError: pytest ended without running a test; the message is its last lines.
    """
    with tempfile.TemporaryDirectory(prefix="dojo-works-") as name:
        report = Path(name) / "report.xml"
        done = subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "katas", "-q", "-p", "no:cacheprovider"),
                *("--track", track, "--solutions", "reference", f"--junit-xml={report}"),
            ],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        print(done.stdout)
        if not report.is_file():
            raise RuntimeError(f"pytest ended with {done.returncode}, without a report")
        counted = counted_in(report)
    return {
        "track": track,
        "python": platform.python_version(),
        "system": _system(),
        "packages": {one: metadata.version(one) for one in TRACKS[track]},
        **counted,
    }


def counted_in(report: Path) -> dict[str, Any]:
    """Return the day, the number of tests, of red ones, and their katas, from pytest's report.

    Raises:
        RuntimeError: No test was run.
    """
    suite = ET.parse(report).getroot().find("testsuite")
    cases = [] if suite is None else suite.findall("testcase")
    if suite is None or not cases:
        raise RuntimeError("pytest has run no test")
    red = [one for one in cases if one.find("failure") is not None or one.find("error") is not None]
    katas = {
        part for one in red for part in one.get("classname", "").split(".") if part[:2].isdigit()
    }
    return {
        "day": suite.get("timestamp", "")[:10],
        "tests": len(cases),
        "red": len(red),
        "red_katas": sorted(katas),
    }


def _system() -> str:
    try:
        named = platform.freedesktop_os_release()
        system = f"{named['NAME'].removesuffix(' GNU/Linux')} {named['VERSION_ID']}"
    except (OSError, KeyError):
        system = f"{platform.system()} {platform.release()}"
    return f"{system}, {platform.machine()}"


def kept(rows: list[dict[str, Any]], new: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows with a new one in place of that of its track and Python."""

    def key(row: dict[str, Any]) -> tuple[int, list[int]]:
        minor = row["python"].split(".")[:2]
        return list(own_pack().tracks).index(row["track"]), [int(part) for part in minor]

    return sorted([*(row for row in rows if key(row) != key(new)), new], key=key)


def told(rows: list[dict[str, Any]], language: Language) -> list[str]:
    """Return the rows of the page's table."""
    lines = []
    for row in rows:
        packages = ", ".join(f"{name} {version}" for name, version in row["packages"].items())
        words = (_RED if row["red"] else _GREEN)[language]
        tests = words.format(**row, katas=", ".join(row["red_katas"]))
        cells = (row["day"], row["track"], packages, row["python"], row["system"], tests)
        lines.append(f"| {' | '.join(cells)} |")
    return lines or [_NEVER[language]]


def pages(rows: list[dict[str, Any]]) -> dict[Path, str]:
    """Return each page as it is when its table follows the record."""
    found = {}
    for language, page in PAGES.items():
        before, _, _ = page.read_text(encoding="utf-8").partition(f"{HEADS[language]}\n")
        line = "| --- | --- | --- | --- | --- | --- |"
        found[page] = "\n".join([before + HEADS[language], line, *told(rows, language), ""])
    return found


def recorded() -> list[dict[str, Any]]:
    """Return what was kept; nothing before the first run."""
    if not RECORD.is_file():
        return []
    rows: list[dict[str, Any]] = json.loads(RECORD.read_text(encoding="utf-8"))
    return rows


def main() -> int:
    """Run the tracks that are named, write the pages; return the exit code."""
    unknown = set(sys.argv[1:]) - set(TRACKS)
    if unknown:
        print(f"{sorted(unknown)[0]!r} is no track; it may be {', '.join(TRACKS)}", file=sys.stderr)
        return 2
    code = 0
    rows = recorded()
    for track in sys.argv[1:]:
        new = run(track)
        code = max(code, 1 if new["red"] else 0)
        rows = kept(recorded(), new)
        write_whole(RECORD, json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
    for page, text in pages(rows).items():
        write_whole(page, text)
    return code


if __name__ == "__main__":
    sys.exit(main())

"""Write the tables of katas: from each `kata.toml`, and from its examination what marks rest on.

README, the instructors' page and `docs/marks.md` have them, in both languages.

Usage: python docs/make_tables.py
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import get_args

from dojo.catalog.kata import Kata, Language, Text, load_catalog
from dojo.exam.examiner import scenarios_of
from dojo.exam.marks import Ground
from dojo.exam.stage import grounds_of

ROOT = Path(__file__).resolve().parent.parent
ENDINGS: dict[Language, str] = {"en": ".md", "fr": ".fr.md"}
# The first line of each table, by which it is found in its page.
OF_KATAS = {"en": "| kata | track | what broke |", "fr": "| kata | parcours | ce qui a cassé |"}
OF_EXAMS = {
    "en": "| kata | what the examination looks at |",
    "fr": "| kata | ce que regarde l'examen |",
}
OF_MARKS = {
    "en": "| kata | task | outside | answer | record | own word |",
    "fr": "| kata | tâche | dehors | réponse | trace | parole |",
}
AND = {"en": "and", "fr": "et"}
READING = {"en": "a guided reading", "fr": "lecture guidée"}


def pages() -> dict[Path, str]:
    """Return each page that has a table, as it is when its tables follow the catalogue."""
    katas = load_catalog(ROOT)
    found = {}
    for language, ending in ENDINGS.items():
        for name, head, rows in (
            ("README", OF_KATAS[language], katas_told(katas, language)),
            ("docs/instructors", OF_EXAMS[language], exams_told(katas, language)),
        ):
            page = ROOT / f"{name}{ending}"
            found[page] = with_rows(page.read_text(encoding="utf-8"), head, rows)
        page = ROOT / f"docs/marks{ending}"
        if all(kata.exam_file.exists() for kata in katas):  # they may be kept elsewhere
            rows = marks_told(katas, language)
            found[page] = with_rows(page.read_text(encoding="utf-8"), OF_MARKS[language], rows)
    return found


def with_rows(text: str, head: str, rows: list[str]) -> str:
    """Return a page with other rows below the first two lines of the table that begins so."""
    before, after = text.split(f"{head}\n", 1)
    line, _, after = after.partition("\n")
    after = re.sub(r"\A(\|.*\n)*", "", after)
    return "\n".join([before + head, line, *rows, after])


def katas_told(katas: list[Kata], language: Language) -> list[str]:
    """Return a row for each kata: its name, its readings, its track, what broke."""
    rows = []
    for kata in katas:
        name = kata.title.short(language)
        links = [f"[{kata.number:02d} {name}](katas/{kata.id}/README{ENDINGS[language]})"]
        for reading in readings(kata, language):
            title = reading.read_text(encoding="utf-8").split("\n")[0].removeprefix("# ")
            what = title.partition(":")[0].rstrip()
            links.append(f"[{what}, {READING[language]}]({reading.relative_to(ROOT)})")
        joined = f", {AND[language]} ".join(links)
        broke = said(kata, "incident", language)
        rows.append(f"| {joined} | {kata.pack.tracks[kata.track]} | {broke} |")
    return rows


def readings(kata: Kata, language: Language) -> list[Path]:
    """Return the pages of a kata beside its lesson."""
    every = {page for page in kata.folder.glob("*.md") if page.name[:6] != "README"}
    french = {page for page in every if page.name.endswith(".fr.md")}
    return sorted(french if language == "fr" else every - french)


def exams_told(katas: list[Kata], language: Language) -> list[str]:
    """Return a row for each thing that examinations look at, with the katas that it is said of."""
    of: dict[str, list[str]] = {}
    for kata in katas:
        of.setdefault(said(kata, "examined", language), []).append(f"{kata.number:02d}")
    return [f"| {', '.join(numbers)} | {what} |" for what, numbers in of.items()]


def marks_told(katas: list[Kata], language: Language) -> list[str]:
    """Return a row for each task, with a point under each thing that its examination looks at."""
    rows = []
    for kata in katas:
        grounds = grounds_of(scenarios_of(kata).values())
        for number, task in enumerate(kata.tasks, start=1):
            points = " | ".join("●" if one in grounds[number] else "" for one in get_args(Ground))
            title = f"{number}. {task.title.get(language)}"
            rows.append(f"| {kata.number:02d} | {title} | {points} |")
    return rows


def said(kata: Kata, key: str, language: Language) -> str:
    """Return one text of a `kata.toml`."""
    text: Text | None = getattr(kata, key)
    if text is None:
        sys.exit(f"katas/{kata.id}/kata.toml lacks [{key}], which the pages tell")
    return text.get(language)


if __name__ == "__main__":
    for path, content in pages().items():
        path.write_text(content, encoding="utf-8")

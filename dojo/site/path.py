"""Draw the path: a map from what broke to the kata that would have prevented it."""

from __future__ import annotations

from collections.abc import Iterable

from dojo.catalog.kata import Kata, Language

_WORDS = {
    "en": {
        "title": "The path, from incident to kata",
        "lead": "Something broke last night? Find it here: the kata beside it is about the one rule"
        " that would have prevented it. Each line is a tool; the numbers are the order of the"
        " course.",
        "tasks": "{count} tasks",
        "task": "1 task",
    },
    "fr": {
        "title": "Le parcours, de l'incident au kata",
        "lead": "Quelque chose a cassé cette nuit ? Cherchez-le ici : le kata en regard traite de"
        " la règle qui l'aurait évité. Chaque ligne est un outil ; les numéros donnent l'ordre"
        " du cours.",
        "tasks": "{count} tâches",
        "task": "1 tâche",
    },
}


def path_page(katas: Iterable[Kata], language: Language) -> str:
    """Return the whole page, in Markdown."""
    words = _WORDS[language]
    return f"# {words['title']}\n\n{words['lead']}\n\n{stations(katas, language)}"


def stations(katas: Iterable[Kata], language: Language) -> str:
    """Return a section for each tool, in the order of its first kata, with a station a kata."""
    by_track: dict[str, list[Kata]] = {}
    for kata in katas:
        by_track.setdefault(kata.track, []).append(kata)
    parts = []
    for track, stops in by_track.items():
        rows = "".join(_station(kata, language) for kata in stops)
        title = stops[0].pack.tracks[track]
        parts.append(f"## {title}\n\n{{.path .path-{track}}}\n{rows}")
    return "\n".join(parts)


def _station(kata: Kata, language: Language) -> str:
    words = _WORDS[language]
    told = (kata.incident or kata.title).get(language)
    count = len(kata.tasks)
    tasks = words["task"] if count == 1 else words["tasks"].format(count=count)
    link = f"[**{kata.number:02d}** {kata.title.short(language)}](katas/{kata.name}/index.md)"
    return f"- {told[:1].upper()}{told[1:]}\n\n  {link} {tasks}\n"

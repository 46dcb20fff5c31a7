"""Write which planted mistakes a cohort's submissions behave like, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from dojo.catalog.kata import Language
from dojo.export.page import names as names_of
from dojo.export.page import text
from dojo.export.words import COHORT
from dojo.ground.paths import find_root
from dojo.language import OWN, in_language, mistake_in
from dojo.mistakes.recognise import Likeness, Planted

MOST_MISTAKES = 20
_MOST_NAMED = 3


def known_mistakes(
    alike: Mapping[tuple[str, str], list[Likeness]], language: Language, unknown: str = ""
) -> str:
    """Write the section on all learners, the commonest mistake first.

    Args:
        alike: The likenesses by learner and kata.
        language: Of the page.
        unknown: What there was nothing to compare with, in one line.

    Returns:
        HTML; nothing where no submission behaves like a known mistake and all are known.
    """
    made: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    like: dict[tuple[str, tuple[str, ...]], Likeness] = {}
    for (learner, kata), likenesses in alike.items():
        for one in likenesses:
            key = (kata, tuple(planted.name for planted in one.planted))
            made.setdefault(key, []).append(learner)
            like[key] = one
    if not made and not unknown:
        return ""
    words = COHORT[language]
    told = f"<h2>{words['Mistakes that are known']}</h2>\n"
    if unknown:
        told += f"<p>{text(in_language(unknown, OWN, language))}</p>\n"
    if made:
        told += f"<p>{words['how they are known']}</p>\n"
    most = sorted(made.items(), key=lambda item: (-len(item[1]), item[0]))
    for (kata, names), learners in most[:MOST_MISTAKES]:
        one = like[kata, names]
        which = f" {words['or']} ".join(
            f"<b>{text(_words(name))}</b>" for name in names[:_MOST_NAMED]
        )
        pair = words["{left}: {right}"]
        said = pair.format(left=f"{text(kata)}, {_tasks_of(one, words)}", right=which)
        said = pair.format(left=len(learners), right=said)
        told += (
            f"<details><summary>{said}{_others(one.planted, words)}</summary>\n"
            f"<p>{names_of(learners, words)}</p>\n"
            f"{_named(one.planted, kata, language)}</details>\n"
        )
    if len(most) > MOST_MISTAKES:
        said = words["{count} more were made less often."]
        told += f"<p>{said.format(count=len(most) - MOST_MISTAKES)}</p>\n"
    return told


def likeness(one: Likeness, kata: str, language: Language) -> str:
    """Write one likeness of one learner's: how sure it is, and what the mistake is.

    Args:
        one: The likeness.
        kata: The kata's id.
        language: Of the page.
    """
    words = COHORT[language]
    sure = words["the same tests are red"]
    if one.shared < one.red:
        sure = words["more is wrong"].format(shared=one.shared, red=one.red)
    like = words["one of these" if len(one.planted) > 1 else "this"]
    verb = words["behaves" if len(one.tasks) == 1 else "behave"]
    told = words["likeness"].format(
        tasks=_tasks_of(one, words).capitalize(), verb=verb, like=like, sure=sure
    )
    return f"<p>{told}</p>\n{_named(one.planted, kata, language)}"


def _named(planted: Sequence[Planted], kata: str, language: Language) -> str:
    words = COHORT[language]
    items = ""
    for one in planted[:_MOST_NAMED]:
        said = mistake_in(one.said, find_root() / "katas" / Path(kata).name, language)
        left = f"<b>{text(_words(one.name))}</b>"
        items += f"<li>{words['{left}: {right}'].format(left=left, right=text(said))}</li>\n"
    more = f"<li>{_others(planted, words)}</li>\n" if len(planted) > _MOST_NAMED else ""
    return f"<ul>\n{items}{more}</ul>\n"


def _tasks_of(one: Likeness, words: Mapping[str, str]) -> str:
    numbers = ", ".join(map(str, one.tasks))
    return f"{words['task' if len(one.tasks) == 1 else 'tasks']} {numbers}"


def _others(planted: Sequence[Planted], words: Mapping[str, str]) -> str:
    left = len(planted) - _MOST_NAMED
    return f" {words['or {count} more'].format(count=left)}" if left > 0 else ""


def _words(name: str) -> str:
    return name.removeprefix("wrong_").replace("_", " ")

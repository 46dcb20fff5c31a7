"""Write which planted mistakes a cohort's submissions behave like, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dojo.export.page import names as names_of
from dojo.export.page import text
from dojo.mistakes.recognise import Likeness, Planted

MOST_MISTAKES = 20
_MOST_NAMED = 3


def known_mistakes(alike: Mapping[tuple[str, str], list[Likeness]], unknown: str = "") -> str:
    """Write the section on all learners, the commonest mistake first.

    Args:
        alike: The likenesses by learner and kata.
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
    told = "<h2>Mistakes that are known</h2>\n"
    if unknown:
        told += f"<p>{text(unknown)}</p>\n"
    if made:
        told += (
            "<p>Each kata was tried on wrong answers with a name. A task behaves like one of them"
            " when the same tests are red, or at least when that one's tests all are, and make"
            " half of what is red. The code may look different.</p>\n"
        )
    most = sorted(made.items(), key=lambda item: (-len(item[1]), item[0]))
    for (kata, names), learners in most[:MOST_MISTAKES]:
        one = like[kata, names]
        which = " or ".join(f"<b>{text(_words(name))}</b>" for name in names[:_MOST_NAMED])
        told += (
            f"<details><summary>{len(learners)}: {text(kata)}, {_tasks_of(one)}: {which}"
            f"{_others(one.planted)}</summary>\n<p>{names_of(learners)}</p>\n"
            f"{_named(one.planted)}</details>\n"
        )
    if len(most) > MOST_MISTAKES:
        told += f"<p>{len(most) - MOST_MISTAKES} more were made less often.</p>\n"
    return told


def likeness(one: Likeness) -> str:
    """Write one likeness of one learner's: how sure it is, and what the mistake is."""
    if one.shared < one.red:
        sure = f"{one.shared} of {one.red} red tests are that mistake's; more is wrong"
    else:
        sure = "the same tests are red"
    like = "one of these" if len(one.planted) > 1 else "this"
    verb = "behaves" if len(one.tasks) == 1 else "behave"
    told = f"{_tasks_of(one).capitalize()} {verb} like {like}; {sure}:"
    return f"<p>{told}</p>\n{_named(one.planted)}"


def _named(planted: Sequence[Planted]) -> str:
    items = "".join(
        f"<li><b>{text(_words(one.name))}</b>: {text(one.said)}</li>\n"
        for one in planted[:_MOST_NAMED]
    )
    more = f"<li>{_others(planted)}</li>\n" if len(planted) > _MOST_NAMED else ""
    return f"<ul>\n{items}{more}</ul>\n"


def _tasks_of(one: Likeness) -> str:
    return ("task " if len(one.tasks) == 1 else "tasks ") + ", ".join(map(str, one.tasks))


def _others(planted: Sequence[Planted]) -> str:
    left = len(planted) - _MOST_NAMED
    return f" or {left} more" if left > 0 else ""


def _words(name: str) -> str:
    return name.removeprefix("wrong_").replace("_", " ")

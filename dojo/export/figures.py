"""Draw what people look for on a cohort's page: who is where, what is hard, who was late."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from dojo.catalog.kata import Language
from dojo.exam.marks import Ground
from dojo.export.page import Words, in_parts, table, text
from dojo.export.words import moment_in
from dojo.grading.results import Result
from dojo.ground.safe_text import in_a_list
from dojo.language import OWN, in_language

Learners = Mapping[str, Mapping[str, Result]]
Places = Mapping[tuple[str, str], str]

_BINS = 10
_WIDTH, _HEIGHT, _FOOT, _HEAD = 600, 120, 20, 18


def distribution(learners: Learners, places: Places, words: Words) -> str:
    """Draw how many learners have which share of the points, in ten steps, and name who is where.

    Args:
        learners: Their results by kata. Who lacks a mark, by the grader's failure, is left out.
        places: Where on the page each result is, by learner and kata.
        words: What the page says, in its language.

    Returns:
        A heading, an SVG picture and the names, least points first; nothing for fewer than two.
    """
    shares = {
        name: share
        for name, one in learners.items()
        if (share := _share_of(one.values())) is not None
    }
    if len(shares) < 2:
        return ""
    steps: list[list[str]] = [[] for _ in range(_BINS)]
    for name, share in sorted(shares.items(), key=lambda one: one[1]):
        steps[min(int(share * _BINS), _BINS - 1)].append(name)
    counts = [len(names) for names in steps]
    step, tallest = _WIDTH / _BINS, max(counts)
    parts = []
    for number, count in enumerate(counts):
        height = _HEIGHT * count / tallest
        x, y = number * step, _HEAD + _HEIGHT - height
        middle, below = x + step / 2, _HEAD + _HEIGHT + _FOOT - 5
        label = _label_of(number)
        parts.append(
            f'<rect x="{x + 3:g}" y="{y:g}" width="{step - 6:g}" height="{height:g}"></rect>'
            f'<text x="{middle:g}" y="{y - 4:g}">{count or ""}</text>'
            f'<text x="{middle:g}" y="{below:g}">{label}</text>'
        )
    whole = _HEAD + _HEIGHT + _FOOT
    in_step = words["{count} in step {number}"]
    said = ", ".join(
        in_step.format(count=count, number=n) for n, count in enumerate(counts, 1) if count
    )
    said = words["learners by share: {said}"].format(said=said)
    return (
        f"<h2>{words['Shares of the points']}</h2>\n"
        f'<svg class=figure viewBox="0 0 {_WIDTH} {whole}" role="img" aria-label="{said}">'
        f"{''.join(parts)}</svg>\n{_who_is_where(learners, steps, places, words)}"
    )


def _label_of(step: int) -> str:
    return f"{step * 100 // _BINS}-{(step + 1) * 100 // _BINS} %"


def _who_is_where(
    learners: Learners, steps: Sequence[Sequence[str]], places: Places, words: Words
) -> str:
    items = ""
    for number, names in enumerate(steps):
        linked = ", ".join(
            f'<a href="#{places[name, next(iter(learners[name]))]}"><bdi>{text(name)}</bdi></a>'
            for name in names
        )
        said = words["{left}: {right}"].format(left=f"<b>{_label_of(number)}</b>", right=linked)
        items += f"<li>{said}</li>\n" if names else ""
    said = words["Who, least points first"]
    return f"<details><summary>{said}</summary>\n<ul>\n{items}</ul></details>\n"


def _share_of(results: Iterable[Result]) -> float | None:
    results = list(results)
    points = sum(one.points for one in results)
    if not points or any(one.earned is None for one in results):
        return None
    return sum(one.earned or 0 for one in results) / points


def heat_map(learners: Learners, words: Words) -> str:
    """Show each task of each learner in a cell, so that a hard task is a dark column.

    Args:
        learners: Their results by kata.
        words: As in `distribution`.

    Returns:
        A heading, the signs' meanings and a table; nothing where no result has tasks.
    """
    columns = sorted(
        {
            (kata, task.number)
            for theirs in learners.values()
            for kata, one in theirs.items()
            for task in one.tasks
        }
    )
    if not columns:
        return ""
    katas = list(dict.fromkeys(kata for kata, _ in columns))
    spans = "".join(
        f"<th colspan={sum(one == kata for one, _ in columns)}>{text(kata).split('_', 1)[0]}</th>"
        for kata in katas
    )
    numbers = "".join(f"<th>{number}</th>" for _, number in columns)
    head = f"<thead><tr><th></th>{spans}</tr>\n<tr><th></th>{numbers}</tr></thead>\n"
    rows = [
        f"<tr><th scope=row>{text(name)}</th>{''.join(_tile(theirs, *one) for one in columns)}</tr>"
        for name, theirs in learners.items()
    ]
    solved = "".join(f"<td>{_solved_by(learners, *one)}</td>" for one in columns)
    foot = f"<tfoot><tr><th scope=row>{words['solved by']}</th>{solved}</tr></tfoot>\n"
    return (
        f"<h2>{words['Tasks by learners']}</h2>\n"
        f"<p>{words['signs']}</p>\n"
        f"{in_parts(rows, list(learners), head, foot, 'heat', words)}"
    )


def _tile(theirs: Mapping[str, Result], kata: str, number: int) -> str:
    tasks = theirs[kata].tasks if kata in theirs else ()
    task = next((one for one in tasks if one.number == number), None)
    if task is None:
        return "<td>·</td>"
    if task.judges_differ:
        return "<td class=odd>≠</td>"
    if task.is_own_word:
        return "<td class=part>◐</td>"
    return "<td class=good>●</td>" if task.counts else "<td class=bad>○</td>"


def _solved_by(learners: Learners, kata: str, number: int) -> int:
    return sum(
        task.counts
        for theirs in learners.values()
        if kata in theirs
        for task in theirs[kata].tasks
        if task.number == number
    )


def late(results: Iterable[Result], places: Places, words: Words, language: Language) -> str:
    """List who was late, who had more time, and whose lateness could not be judged.

    Args:
        results: The results.
        places: Where on the page each is, by learner and kata.
        words: As in `distribution`.
        language: Of the page.

    Returns:
        A heading and a list; nothing where nobody was or had.
    """
    items = []
    for one in sorted(results, key=lambda one: (-one.late_days, in_a_list(one.learner), one.kata)):
        said = [words["{days} days late"].format(days=one.late_days)] if one.late_days else []
        if one.deadline is not None:
            moment = moment_in(language, one.deadline)
            said.append(words["own deadline {moment}"].format(moment=moment))
        unjudged = (note for note in one.notes if "lateness not judged" in note)
        said += [in_language(note, OWN, language) for note in unjudged]
        if said:
            items.append(_item(_link(one, places), ", ".join(said), words))
    return (
        f"<h2>{words['Late, or with more time']}</h2>\n<ul class=many>\n{''.join(items)}</ul>\n"
        if items
        else ""
    )


def differing(results: Iterable[Result], places: Places, words: Words) -> str:
    """List the tasks on which tests and examination contradict each other; as `late`."""
    items = []
    for one in results:
        tasks = [task for task in one.tasks if task.judges_differ]
        if tasks:
            said = ", ".join(
                words["one that differs"].format(
                    number=task.number,
                    tests=words["green" if task.tests_passed else "red"],
                    examined=words[task.examined],
                )
                for task in tasks
            )
            items.append(_item(_link(one, places), said, words))
    if not items:
        return ""
    title = words["Where tests and examination differ"]
    return f"<h2>{title}</h2>\n<ul class=many>\n{''.join(items)}</ul>\n"


def _item(link: str, said: str, words: Words) -> str:
    return f"<li>{words['{left}: {right}'].format(left=link, right=text(said))}</li>\n"


_GROUNDS: dict[Ground, str] = {
    "outside": "seen from outside",
    "answer": "answers to secret draws",
    "record": "an engine's record",
    "word": "its own word",
}


def grounds(results: Iterable[Result], words: Words) -> str:
    """Say once a kata which tasks' marks rest on what.

    Args:
        results: The results.
        words: As in `distribution`.

    Returns:
        A heading and a table; nothing where no result says it.
    """
    said: dict[str, dict[Ground, set[int]]] = {}
    for one in results:
        for task in one.tasks:
            for ground in task.rests_on:
                said.setdefault(one.kata, {}).setdefault(ground, set()).add(task.number)
    if not said:
        return ""
    rows = [
        f"<tr><th scope=row>{text(kata)}</th>"
        + "".join(f"<td>{_numbers(of.get(one, set()))}</td>" for one in _GROUNDS)
        + "</tr>"
        for kata, of in sorted(said.items())
    ]
    heads = "".join(f"<th scope=col>{words[one]}</th>" for one in _GROUNDS.values())
    head = f"<thead><tr><th scope=col>{words['kata, tasks']}</th>{heads}</tr></thead>\n"
    return (
        f"<h2>{words['What the marks rest on']}</h2>\n"
        f"<p>{words['grounds']}</p>\n"
        f"{table(rows, head, '', 'marks')}"
    )


def _numbers(numbers: Iterable[int]) -> str:
    return ", ".join(str(number) for number in sorted(numbers)) or "-"


def _link(result: Result, places: Places) -> str:
    place = places[result.learner, result.kata]
    return f'<a href="#{place}"><bdi>{text(result.learner)}</bdi> {text(result.kata)}</a>'

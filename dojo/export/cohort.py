"""Write one page on a cohort: who solved what, what failed most, and why, behind a click.

The page is one file without a script or anything from elsewhere, and says so to the browser too.
"""

from __future__ import annotations

import collections
import contextlib
import html
from collections.abc import Iterable, Mapping, Sequence

from dojo.export.checks import Check, checks_of
from dojo.export.figures import (
    differing,
    distribution,
    grounds,
    heat_map,
    in_parts,
    late,
    results_in_parts,
)
from dojo.export.known import known_mistakes, likeness
from dojo.export.page import head, names, text
from dojo.grading.results import Result, Results
from dojo.ground.foreign import read_json
from dojo.ground.safe_text import in_a_list, plain
from dojo.intake.submission import UNTOUCHED
from dojo.mistakes.recognise import Likeness, Planted, recognise
from dojo.replay.page import fragment
from dojo.replay.palette import STYLE
from dojo.replay.story import Story

MOST_FAILURES = 20
_MOST_MESSAGE = 4000
_MOST_REPLAYS = 4


def cohort_page(
    results: Results,
    planted: Mapping[str, Sequence[Planted]] | None = None,
    unknown: str = "",
) -> str:
    """Write the page.

    Args:
        results: The record of a batch.
        planted: The known mistakes, by kata.
        unknown: Which others were not measured, in one line.

    Returns:
        HTML: a table of learners by katas, the known mistakes and the checks that failed most,
        then every result with the messages of what is red.
    """
    alike = {
        (one.learner, one.kata): recognise(one.tests, (planted or {}).get(one.kata, ()))
        for one in results.results
        if one.verdict not in ("passed", "tampering", "grader-error")
    }
    learners: dict[str, dict[str, Result]] = {}
    for result in sorted(results.results, key=lambda one: (in_a_list(one.learner), one.kata)):
        learners.setdefault(result.learner, {})[result.kata] = result
    places = {
        (result.learner, result.kata): f"r{number}"
        for number, result in enumerate(
            (result for theirs in learners.values() for result in theirs.values()), start=1
        )
    }
    is_replayed = any(one.replay for result in results.results for one in result.scenarios)
    parts = [
        head("Cohort", style=STYLE if is_replayed else ""),
        "<h1>Cohort</h1>\n",
        _opening(results, learners),
        distribution(learners, places),
        _matrix(learners, places),
        heat_map(learners),
        differing(results.results, places),
        late(results.results, places),
        known_mistakes(alike, unknown),
        _failed_most(results.results),
        grounds(results.results),
        "<h2>Every result</h2>\n",
        results_in_parts(
            [
                "".join(
                    _result(one, places[learner, one.kata], alike.get((learner, one.kata), []))
                    for one in theirs.values()
                )
                for learner, theirs in learners.items()
            ],
            list(learners),
        ),
        _not_graded(results.ungraded),
        "</body>\n</html>\n",
    ]
    return "".join(parts)


def _opening(results: Results, learners: dict[str, dict[str, Result]]) -> str:
    counted = collections.Counter(one.verdict for one in results.results)
    told = ", ".join(f"{count} {verdict}" for verdict, count in counted.most_common())
    told = f"<p>{len(learners)} learners, {len(results.results)} results: {told or 'none'}.</p>\n"
    unsure = [one for one in results.results if any(task.judges_differ for task in one.tasks)]
    if unsure:
        told += (
            f"<p class=odd>In {len(unsure)} results the tests and the examination contradict each"
            " other: read these by hand, they are marked ≠.</p>\n"
        )
    if counted["grader-error"]:
        told += (
            f"<p class=odd>{counted['grader-error']} could not be graded, by no fault of the"
            " learner: they have no mark. Grade them again.</p>\n"
        )
    return told


def _matrix(learners: dict[str, dict[str, Result]], places: dict[tuple[str, str], str]) -> str:
    katas = sorted({kata for theirs in learners.values() for kata in theirs})
    heads = "".join(f"<th scope=col>{text(kata).replace('_', '_<wbr>')}</th>" for kata in katas)
    rows = []
    for name, theirs in learners.items():
        cells = "".join(_cell(theirs.get(kata), places) for kata in katas)
        marks = [one.earned for one in theirs.values()]
        total = "?" if None in marks else f"{sum(one or 0 for one in marks):g}"
        rows.append(f"<tr><th scope=row>{text(name)}</th><td>{total}</td>{cells}</tr>")
    solved = "".join(_solved_by(learners, kata) for kata in katas)
    head = f"<thead><tr><th scope=row>learner</th><th scope=col>total</th>{heads}</tr></thead>\n"
    foot = f"<tfoot><tr><th scope=row>solved whole</th><td></td>{solved}</tr></tfoot>\n"
    return f"<h2>Learners by katas</h2>\n{in_parts(rows, list(learners), head, foot, 'marks')}"


def _cell(result: Result | None, places: dict[tuple[str, str], str]) -> str:
    if result is None:
        return "<td>·</td>"
    earned = "?" if result.earned is None else f"{result.earned:g}"
    differ = " ≠" if any(task.judges_differ for task in result.tasks) else ""
    differ += " ◐" if any(task.is_own_word for task in result.tasks) else ""
    late = f", {result.late_days} d late" if result.late_days else ""
    late += ", set by hand" if result.by_hand is not None else ""
    late += ", untouched" if UNTOUCHED in result.notes else ""
    place = places[result.learner, result.kata]
    return (
        f'<td class={_colour(result)}><a href="#{place}">{earned}/{result.points:g}{differ}'
        f"<small>{result.verdict}{late}</small></a></td>"
    )


def _colour(result: Result) -> str:
    if result.verdict in ("grader-error", "tampering"):
        return "odd"
    if result.verdict == "passed":
        return "good"
    return "part" if result.earned else "bad"


def _solved_by(learners: dict[str, dict[str, Result]], kata: str) -> str:
    theirs = [one[kata] for one in learners.values() if kata in one]
    return f"<td>{sum(one.verdict == 'passed' for one in theirs)} of {len(theirs)}</td>"


def _failed_most(results: Iterable[Result]) -> str:
    failed: dict[tuple[str, str], list[tuple[Result, Check]]] = {}
    looked_at: collections.Counter[tuple[str, str]] = collections.Counter()
    for result in results:
        reds: dict[str, Check] = {}
        names = set()
        for check in checks_of(result):
            name = check.name.split("[", 1)[0]
            names.add(name)
            if not check.passed:
                reds.setdefault(name, check)
        looked_at.update((result.kata, name) for name in names)
        for name, check in reds.items():
            failed.setdefault((result.kata, name), []).append((result, check))
    most = sorted(failed.items(), key=lambda item: (-len(item[1]), item[0]))
    told = "<h2>What failed most</h2>\n"
    if not most:
        return told + "<p>Nothing.</p>\n"
    for (kata, name), theirs in most[:MOST_FAILURES]:
        told += (
            f"<details><summary>{len(theirs)} of {looked_at[kata, name]}: {text(kata)}"
            f" <b>{text(name)}</b></summary>\n{_reasons(theirs)}</details>\n"
        )
    if len(most) > MOST_FAILURES:
        told += f"<p>{len(most) - MOST_FAILURES} checks more failed less often.</p>\n"
    return told


def _reasons(theirs: list[tuple[Result, Check]]) -> str:
    """Write each different message once, with the learners who got it."""
    said: dict[str, list[str]] = {}
    for result, check in theirs:
        said.setdefault(plain(check.message, _MOST_MESSAGE), []).append(result.learner)
    told = ""
    for message, who in sorted(said.items(), key=lambda item: -len(item[1])):
        told += f"<p>{names(who)}</p>\n<pre>{html.escape(message)}</pre>\n"
    return told


def _result(result: Result, place: str, alike: list[Likeness]) -> str:
    earned = "no mark" if result.earned is None else f"{result.earned:g} of {result.points:g}"
    late = f", {result.late_days} days late" if result.late_days else ""
    late += ", set by hand" if result.by_hand is not None else ""
    title = (
        f"<bdi>{text(result.learner)}</bdi> {text(result.kata)}:"
        f" <span class={_colour(result)}>{earned}, {result.verdict}</span>{late}"
    )
    told = f"<p>{text(result.advice)}</p>\n"
    told += "".join(f"<p class=odd>{text(note)}</p>\n" for note in result.notes)
    told += "".join(likeness(one) for one in alike)
    if result.tasks:
        told += _tasks(result)
    for check in checks_of(result):
        if not check.passed:
            told += (
                f"<details><summary>{text(check.name)}</summary>\n"
                f"<pre>{html.escape(plain(check.message, _MOST_MESSAGE))}</pre></details>\n"
            )
    told += _replays(result, place)
    bound = result.binding
    told += (
        f"<p><small>{text(result.source)} · submission {text(bound.submission[:12])}"
        f" · kata {text(bound.kata[:12])} · grader {text(bound.grader[:24])}"
        f" · walls {text(bound.level)}</small></p>\n"
    )
    return f'<details id="{place}"><summary>{title}</summary>\n{told}</details>\n'


def _replays(result: Result, place: str) -> str:
    """Draw what was gathered of the first scenarios that it failed."""
    told = ""
    drawn_of = [one for one in result.scenarios if one.replay][:_MOST_REPLAYS]
    for number, one in enumerate(drawn_of, start=1):
        with contextlib.suppress(ValueError):  # whoever can write the record can write anything
            story = Story.model_validate(read_json(one.replay))
            drawn = fragment(one.scenario, [("submission", story)], f"-{place}-{number}")
            told += (
                f"<details><summary>replay of {text(one.scenario)}</summary>\n{drawn}</details>\n"
            )
    return told


def _tasks(result: Result) -> str:
    rows = "".join(
        f"<tr><td>{task.number}</td><td>{task.earned:g}/{task.points:g}</td>"
        f"<td class=text>{'green' if task.tests_passed else 'red'}</td>"
        f"<td class=text>{task.examined}{' ≠' if task.judges_differ else ''}"
        f"{', on its own word alone' if task.is_own_word else ''}</td></tr>"
        for task in result.tasks
    )
    return (
        "<table><thead><tr><th scope=col>task</th><th scope=col>points</th>"
        "<th scope=col class=text>tests</th><th scope=col class=text>examination</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>\n"
    )


def _not_graded(lines: tuple[str, ...]) -> str:
    if not lines:
        return ""
    items = "".join(f"<li>{text(line)}</li>\n" for line in lines)
    return f"<h2>Not graded</h2>\n<ul>\n{items}</ul>\n"

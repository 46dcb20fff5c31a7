"""Write one page on a cohort: who solved what, what failed most, and why, behind a click.

The page is one file without a script or anything from elsewhere, and says so to the browser too.
"""

from __future__ import annotations

import collections
import contextlib
import html
from collections.abc import Iterable, Mapping, Sequence

from dojo.catalog.kata import Language
from dojo.export.checks import Check, checks_of
from dojo.export.figures import (
    differing,
    distribution,
    grounds,
    heat_map,
    late,
)
from dojo.export.known import known_mistakes, likeness
from dojo.export.page import head, in_parts, names, results_in_parts, text
from dojo.export.words import COHORT, advice_in, number_in, short
from dojo.grading.results import Result, Results
from dojo.ground.foreign import read_json
from dojo.ground.safe_text import in_a_list, plain
from dojo.intake.submission import UNTOUCHED
from dojo.language import OWN, in_language
from dojo.mistakes.recognise import Likeness, Planted, recognise
from dojo.replay.page import fragment
from dojo.replay.palette import STYLE
from dojo.replay.story import Story
from dojo.replay.words import Say

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
    language = results.language
    words = COHORT[language]
    is_replayed = any(one.replay for result in results.results for one in result.scenarios)
    parts = [
        head(words["Cohort"], language, STYLE if is_replayed else ""),
        f"<h1>{words['Cohort']}</h1>\n",
        _opening(results, learners),
        distribution(learners, places, words),
        _matrix(learners, places, language),
        heat_map(learners, words),
        differing(results.results, places, words),
        late(results.results, places, words, language),
        known_mistakes(alike, language, unknown),
        _failed_most(results.results, language),
        grounds(results.results, words),
        f"<h2>{words['Every result']}</h2>\n",
        results_in_parts(
            [
                "".join(
                    _result(
                        one, places[learner, one.kata], alike.get((learner, one.kata), []), language
                    )
                    for one in theirs.values()
                )
                for learner, theirs in learners.items()
            ],
            list(learners),
            words,
        ),
        _not_graded(results.ungraded, language),
        "</body>\n</html>\n",
    ]
    return "".join(parts)


def _opening(results: Results, learners: dict[str, dict[str, Result]]) -> str:
    counted = collections.Counter(one.verdict for one in results.results)
    language, words = results.language, COHORT[results.language]
    told = ", ".join(f"{count} {short(one, language)}" for one, count in counted.most_common())
    said = words["counts"].format(
        learners=len(learners), results=len(results.results), told=told or words["none"]
    )
    told = f"<p>{said}</p>\n"
    unsure = [one for one in results.results if any(task.judges_differ for task in one.tasks)]
    if unsure:
        said = words["contradict"].format(count=len(unsure))
        told += f"<p class=odd>{said}</p>\n"
    if counted["grader-error"]:
        said = words["not to be graded"].format(count=counted["grader-error"])
        told += f"<p class=odd>{said}</p>\n"
    return told


def _matrix(
    learners: dict[str, dict[str, Result]], places: dict[tuple[str, str], str], language: Language
) -> str:
    words = COHORT[language]
    katas = sorted({kata for theirs in learners.values() for kata in theirs})
    heads = "".join(f"<th scope=col>{text(kata).replace('_', '_<wbr>')}</th>" for kata in katas)
    rows = []
    for name, theirs in learners.items():
        cells = "".join(_cell(theirs.get(kata), places, language) for kata in katas)
        marks = [one.earned for one in theirs.values()]
        total = "?" if None in marks else number_in(language, sum(one or 0 for one in marks))
        rows.append(f"<tr><th scope=row>{text(name)}</th><td>{total}</td>{cells}</tr>")
    solved = "".join(_solved_by(learners, kata, words) for kata in katas)
    first = f"<th scope=row>{words['learner']}</th><th scope=col>{words['total']}</th>"
    head = f"<thead><tr>{first}{heads}</tr></thead>\n"
    foot = f"<tfoot><tr><th scope=row>{words['solved whole']}</th><td></td>{solved}</tr></tfoot>\n"
    table = in_parts(rows, list(learners), head, foot, "marks", words)
    return f"<h2>{words['Learners by katas']}</h2>\n{table}"


def _cell(result: Result | None, places: dict[tuple[str, str], str], language: Language) -> str:
    if result is None:
        return "<td>·</td>"
    earned = "?" if result.earned is None else number_in(language, result.earned)
    differ = " ≠" if any(task.judges_differ for task in result.tasks) else ""
    differ += " ◐" if any(task.is_own_word for task in result.tasks) else ""
    words = COHORT[language]
    said = [words["{days} d late"].format(days=result.late_days)] if result.late_days else []
    said += [words["set by hand"]] if result.by_hand is not None else []
    said += [words["untouched"]] if UNTOUCHED in result.notes else []
    late = "".join(f", {one}" for one in said)
    place, points = places[result.learner, result.kata], number_in(language, result.points)
    return (
        f'<td class={_colour(result)}><a href="#{place}">{earned}/{points}{differ}'
        f"<small>{short(result.verdict, language)}{late}</small></a></td>"
    )


def _colour(result: Result) -> str:
    if result.verdict in ("grader-error", "tampering"):
        return "odd"
    if result.verdict == "passed":
        return "good"
    return "part" if result.earned else "bad"


def _solved_by(learners: dict[str, dict[str, Result]], kata: str, words: Mapping[str, str]) -> str:
    theirs = [one[kata] for one in learners.values() if kata in one]
    solved = sum(one.verdict == "passed" for one in theirs)
    return f"<td>{words['{count} of {all}'].format(count=solved, all=len(theirs))}</td>"


def _failed_most(results: Iterable[Result], language: Language) -> str:
    words = COHORT[language]
    failed: dict[tuple[str, str], list[tuple[Result, Check]]] = {}
    looked_at: collections.Counter[tuple[str, str]] = collections.Counter()
    for result in results:
        reds: dict[str, Check] = {}
        names = set()
        for check in checks_of(result, language):
            name = check.name.split("[", 1)[0]
            names.add(name)
            if not check.passed:
                reds.setdefault(name, check)
        looked_at.update((result.kata, name) for name in names)
        for name, check in reds.items():
            failed.setdefault((result.kata, name), []).append((result, check))
    most = sorted(failed.items(), key=lambda item: (-len(item[1]), item[0]))
    told = f"<h2>{words['What failed most']}</h2>\n"
    if not most:
        return told + f"<p>{words['Nothing.']}</p>\n"
    for (kata, name), theirs in most[:MOST_FAILURES]:
        said = words["{count} of {all}"].format(count=len(theirs), all=looked_at[kata, name])
        said = words["{left}: {right}"].format(left=said, right=text(kata))
        told += (
            f"<details><summary>{said} <b>{text(name)}</b></summary>\n"
            f"{_reasons(theirs, words)}</details>\n"
        )
    if len(most) > MOST_FAILURES:
        said = words["{count} more failed, none more often."]
        told += f"<p>{said.format(count=len(most) - MOST_FAILURES)}</p>\n"
    return told


def _reasons(theirs: list[tuple[Result, Check]], words: Mapping[str, str]) -> str:
    """Write each different message once, with the learners who got it."""
    said: dict[str, list[str]] = {}
    for result, check in theirs:
        said.setdefault(plain(check.message, _MOST_MESSAGE), []).append(result.learner)
    told = ""
    for message, who in sorted(said.items(), key=lambda item: -len(item[1])):
        told += f"<p>{names(who, words)}</p>\n<pre>{html.escape(message)}</pre>\n"
    return told


def _result(result: Result, place: str, alike: list[Likeness], language: Language) -> str:
    words = COHORT[language]
    earned = words["no mark"]
    if result.earned is not None:
        earned = words["{count} of {all}"].format(
            count=number_in(language, result.earned), all=number_in(language, result.points)
        )
    said = [words["{days} days late"].format(days=result.late_days)] if result.late_days else []
    said += [words["set by hand"]] if result.by_hand is not None else []
    late = "".join(f", {one}" for one in said)
    title = words["{left}: {right}"].format(
        left=f"<bdi>{text(result.learner)}</bdi> {text(result.kata)}",
        right=f"<span class={_colour(result)}>{earned}, {short(result.verdict, language)}</span>"
        f"{late}",
    )
    told = f"<p>{text(advice_in(language, result.advice))}</p>\n"
    notes = (in_language(note, OWN, language) for note in result.notes)
    told += "".join(f"<p class=odd>{text(note)}</p>\n" for note in notes)
    told += "".join(likeness(one, result.kata, language) for one in alike)
    if result.tasks:
        told += _tasks(result, language)
    for check in checks_of(result, language):
        if not check.passed:
            told += (
                f"<details><summary>{text(check.name)}</summary>\n"
                f"<pre>{html.escape(plain(check.message, _MOST_MESSAGE))}</pre></details>\n"
            )
    told += _replays(result, place, language)
    bound = result.binding
    told += (
        f"<p><small>{text(result.source)} · {words['submission']} {text(bound.submission[:12])}"
        f" · kata {text(bound.kata[:12])} · {words['grader']} {text(bound.grader[:24])}"
        f" · {words['walls']} {text(bound.level)}</small></p>\n"
    )
    return f'<details id="{place}"><summary>{title}</summary>\n{told}</details>\n'


def _replays(result: Result, place: str, language: Language) -> str:
    """Draw what was gathered of the first scenarios that it failed."""
    told = ""
    say = Say(language)
    drawn_of = [one for one in result.scenarios if one.replay][:_MOST_REPLAYS]
    for number, one in enumerate(drawn_of, start=1):
        with contextlib.suppress(ValueError):  # whoever can write the record can write anything
            story = Story.model_validate(read_json(one.replay))
            key = f"-{place}-{number}"
            drawn = fragment(one.scenario, [("submission", story)], key, say)
            title = f"{COHORT[language]['replay of']} {text(one.scenario)}"
            told += f"<details><summary>{title}</summary>\n{drawn}</details>\n"
    return told


def _tasks(result: Result, language: Language) -> str:
    words = COHORT[language]
    rows = "".join(
        f"<tr><td>{task.number}</td>"
        f"<td>{number_in(language, task.earned)}/{number_in(language, task.points)}</td>"
        f"<td class=text>{words['green' if task.tests_passed else 'red']}</td>"
        f"<td class=text>{words[task.examined]}{' ≠' if task.judges_differ else ''}"
        f"{', ' + words['on its own word alone'] if task.is_own_word else ''}</td></tr>"
        for task in result.tasks
    )
    return (
        f"<table><thead><tr><th scope=col>{words['task']}</th>"
        f"<th scope=col>{words['points']}</th><th scope=col class=text>{words['tests']}</th>"
        f"<th scope=col class=text>{words['examination']}</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>\n"
    )


def _not_graded(lines: tuple[str, ...], language: Language) -> str:
    if not lines:
        return ""
    words = COHORT[language]
    items = "".join(f"<li>{text(in_language(line, OWN, language))}</li>\n" for line in lines)
    return f"<h2>{words['Not graded']}</h2>\n<ul>\n{items}</ul>\n"

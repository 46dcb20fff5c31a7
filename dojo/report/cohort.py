"""Write one page on a cohort: who solved what, what failed most, and why, behind a click.

The page is one file without a script or anything from elsewhere, and says so to the browser too.
"""

from __future__ import annotations

import collections
import html
from collections.abc import Iterable

from dojo.grading.checks import Check, checks_of
from dojo.grading.marks import Result, Results
from dojo.grading.plain import one_line, plain

MOST_FAILURES = 20
_MOST_MESSAGE = 4000
_MOST_NAMES = 12

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --good: #1a7f37; --part: #9a6700; --bad: #cf222e;
  --odd: #8250df; }
@media (prefers-color-scheme: dark) { :root { --good: #3fb950; --part: #d29922; --bad: #f85149;
  --odd: #a371f7; } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.5rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .5rem; text-align: right;
  white-space: nowrap; }
thead th { vertical-align: bottom; }
thead th { white-space: normal; }
th[scope=row], .text { text-align: left; white-space: normal; }
th[scope=row] { max-width: 16rem; min-width: 11rem; overflow-wrap: anywhere; }
td small { min-width: 6rem; white-space: normal; }
td a { color: inherit; text-decoration: none; } td a:hover { text-decoration: underline; }
small { color: color-mix(in srgb, currentColor 70%, transparent); display: block; }
.good { color: var(--good); } .part { color: var(--part); } .bad { color: var(--bad); }
.odd { color: var(--odd); }
details { border-bottom: 1px solid var(--line); padding: .4rem 0; } details details { border: 0;
  margin-left: 1.2rem; }
summary { cursor: pointer; overflow-wrap: anywhere; } details:target { outline: 2px solid; }
pre { background: color-mix(in srgb, currentColor 7%, transparent); margin: .4rem 0 .8rem;
  overflow-wrap: anywhere; padding: .7rem; white-space: pre-wrap; }
"""
_HEAD = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer">
<title>Cohort</title>
<style>{_STYLE}</style>
</head>
<body>
"""


def cohort_page(results: Results) -> str:
    """Write the page.

    Args:
        results: The record of a batch.

    Returns:
        HTML: a table of learners by katas, the checks that failed most, then every result with
        the messages of what is red.
    """
    learners: dict[str, dict[str, Result]] = {}
    for result in sorted(results.results, key=lambda one: (one.learner.casefold(), one.kata)):
        learners.setdefault(result.learner, {})[result.kata] = result
    places = {
        (result.learner, result.kata): f"r{number}"
        for number, result in enumerate(
            (result for theirs in learners.values() for result in theirs.values()), start=1
        )
    }
    parts = [
        _HEAD,
        "<h1>Cohort</h1>\n",
        _opening(results, learners),
        _matrix(learners, places),
        _failed_most(results.results),
        "<h2>Every result</h2>\n",
        *(_learner(name, theirs, places) for name, theirs in learners.items()),
        _not_graded(results.ungraded),
        "</body>\n</html>\n",
    ]
    return "".join(parts)


def _opening(results: Results, learners: dict[str, dict[str, Result]]) -> str:
    counted = collections.Counter(one.verdict for one in results.results)
    told = ", ".join(f"{count} {verdict}" for verdict, count in counted.most_common())
    text = f"<p>{len(learners)} learners, {len(results.results)} results: {told or 'none'}.</p>\n"
    unsure = [one for one in results.results if any(task.judges_differ for task in one.tasks)]
    if unsure:
        text += (
            f"<p class=odd>In {len(unsure)} results the tests and the examination contradict each"
            " other: read these by hand, they are marked ≠.</p>\n"
        )
    if counted["grader-error"]:
        text += (
            f"<p class=odd>{counted['grader-error']} could not be graded, by no fault of the"
            " learner: they have no mark. Grade them again.</p>\n"
        )
    return text


def _matrix(learners: dict[str, dict[str, Result]], places: dict[tuple[str, str], str]) -> str:
    katas = sorted({kata for theirs in learners.values() for kata in theirs})
    head = "".join(f"<th scope=col>{_text(kata).replace('_', '_<wbr>')}</th>" for kata in katas)
    rows = []
    for name, theirs in learners.items():
        cells = "".join(_cell(theirs.get(kata), places) for kata in katas)
        marks = [one.earned for one in theirs.values()]
        total = "?" if None in marks else f"{sum(one or 0 for one in marks):g}"
        rows.append(f"<tr><th scope=row>{_text(name)}</th><td>{total}</td>{cells}</tr>\n")
    foot = "".join(_solved_by(learners, kata) for kata in katas)
    return (
        "<h2>Learners by katas</h2>\n<div class=wide><table>\n"
        f"<thead><tr><th scope=row>learner</th><th scope=col>total</th>{head}</tr></thead>\n"
        f"<tbody>\n{''.join(rows)}</tbody>\n"
        f"<tfoot><tr><th scope=row>solved whole</th><td></td>{foot}</tr></tfoot>\n"
        "</table></div>\n"
    )


def _cell(result: Result | None, places: dict[tuple[str, str], str]) -> str:
    if result is None:
        return "<td>·</td>"
    earned = "?" if result.earned is None else f"{result.earned:g}"
    differ = " ≠" if any(task.judges_differ for task in result.tasks) else ""
    late = f", {result.late_days} d late" if result.late_days else ""
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
    text = "<h2>What failed most</h2>\n"
    if not most:
        return text + "<p>Nothing.</p>\n"
    for (kata, name), theirs in most[:MOST_FAILURES]:
        text += (
            f"<details><summary>{len(theirs)} of {looked_at[kata, name]}: {_text(kata)}"
            f" <b>{_text(name)}</b></summary>\n{_reasons(theirs)}</details>\n"
        )
    if len(most) > MOST_FAILURES:
        text += f"<p>{len(most) - MOST_FAILURES} checks more failed less often.</p>\n"
    return text


def _reasons(theirs: list[tuple[Result, Check]]) -> str:
    """Write each different message once, with the learners who got it."""
    said: dict[str, list[str]] = {}
    for result, check in theirs:
        said.setdefault(plain(check.message, _MOST_MESSAGE), []).append(result.learner)
    text = ""
    for message, names in sorted(said.items(), key=lambda item: -len(item[1])):
        who = ", ".join(f"<bdi>{_text(name)}</bdi>" for name in names[:_MOST_NAMES])
        more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
        text += f"<p>{who}{more}</p>\n<pre>{html.escape(message)}</pre>\n"
    return text


def _learner(name: str, theirs: dict[str, Result], places: dict[tuple[str, str], str]) -> str:
    return "".join(_result(result, places[name, result.kata]) for result in theirs.values())


def _result(result: Result, place: str) -> str:
    earned = "no mark" if result.earned is None else f"{result.earned:g} of {result.points:g}"
    late = f", {result.late_days} days late" if result.late_days else ""
    title = (
        f"<bdi>{_text(result.learner)}</bdi> {_text(result.kata)}:"
        f" <span class={_colour(result)}>{earned}, {result.verdict}</span>{late}"
    )
    text = f"<p>{_text(result.advice)}</p>\n"
    text += "".join(f"<p class=odd>{_text(note)}</p>\n" for note in result.notes)
    if result.tasks:
        text += _tasks(result)
    for check in checks_of(result):
        if not check.passed:
            text += (
                f"<details><summary>{_text(check.name)}</summary>\n"
                f"<pre>{html.escape(plain(check.message, _MOST_MESSAGE))}</pre></details>\n"
            )
    bound = result.binding
    text += (
        f"<p><small>{_text(result.source)} · submission {_text(bound.submission[:12])}"
        f" · kata {_text(bound.kata[:12])} · grader {_text(bound.grader[:24])}"
        f" · walls {_text(bound.level)} · seed {_text(bound.seed)}</small></p>\n"
    )
    return f'<details id="{place}"><summary>{title}</summary>\n{text}</details>\n'


def _tasks(result: Result) -> str:
    rows = "".join(
        f"<tr><td>{task.number}</td><td>{task.earned:g}/{task.points:g}</td>"
        f"<td class=text>{'green' if task.tests_passed else 'red'}</td>"
        f"<td class=text>{task.examined}{' ≠' if task.judges_differ else ''}</td></tr>"
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
    items = "".join(f"<li>{_text(line)}</li>\n" for line in lines)
    return f"<h2>Not graded</h2>\n<ul>\n{items}</ul>\n"


def _text(text: str) -> str:
    return html.escape(one_line(text))

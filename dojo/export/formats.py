"""Write results for the instructor: gradebook, JUnit XML, the summary of a workflow's page."""

from __future__ import annotations

import collections
import csv
import io
import re
import unicodedata
from xml.etree import ElementTree

from dojo.catalog.kata import Language
from dojo.export.checks import Check, checks_of
from dojo.export.words import WORDS, advice_in, moment_in, short
from dojo.grading.results import Result, Results
from dojo.ground.safe_text import in_a_list, one_line, plain
from dojo.language import OWN, in_language

# A page takes 1 MiB a step; a table of a thousand lines is read by nobody.
MOST_SUMMARY_BYTES = 500_000
MOST_SUMMARY_ROWS = 1000

# What a spreadsheet takes for a formula, at the start of a cell or of what it splits one into.
_FORMULA = re.compile("(^|[;,\t])(\\s*)(?=[=+\\-@\uff1d\uff0b\uff0d\uff20])")
# What it takes for a number, a date or a truth value, and then writes its own way: 00123 as 123,
# 2026-01-02 and MAR1 as days. A number of a few digits that begins with none is left as it is.
_MONTH = (
    "jan(uary|v|vier|uar)?|feb(ruary|ruar)?|fev(r|rier)?|mar(ch|s|z)?|apr(il)?|avr(il)?|may|mai"
    "|june?|juni?|juin|july?|juli|juil(let)?|aug(ust)?|aout|sept?(ember|embre)?|oct(ober|obre)?"
    "|okt(ober)?|nov(ember|embre)?|dec(ember|embre)?|dez(ember)?"
)
_READ_OTHERWISE = re.compile(
    r"(?=.*\d)(?!([1-9]\d{0,10}|0)$)[\d\s.,:;/%$€£+e-]+"
    rf"|(?=.*\d)[\d\s.,/-]*({_MONTH})[\d\s.,/-]*|true|false|vrai|faux|wahr|falsch",
    re.IGNORECASE,
)
_MEANS_SOMETHING = re.compile(r"[!-/:-@\[-`{-~]")


def gradebook(results: Results, separator: str = ",") -> str:
    """Write a CSV file with a line a learner and a column a kata.

    Args:
        results: The record.
        separator: Between cells. Where a comma is in numbers, spreadsheets want a semicolon.

    Returns:
        The file, with a byte order mark for spreadsheets. A cell without a mark is empty, never
        zero; where the grader failed on one kata, the total is empty too.
    """
    katas: dict[str, float] = {}
    learners: dict[str, list[Result]] = {}
    for result in sorted(results.results, key=lambda one: (in_a_list(one.learner), one.kata)):
        katas[result.kata] = max(result.points, katas.get(result.kata, 0))
        learners.setdefault(result.learner, []).append(result)
    file = io.StringIO()
    writer = csv.writer(file, delimiter=separator, quoting=csv.QUOTE_ALL)
    names = sorted(katas)
    head = [f"{name} ({katas[name]:g})" for name in names]
    # What the roster has besides: in its order, each once.
    more = list(dict.fromkeys(name for one in results.results for name in one.columns))
    total_of_all = f"total ({sum(katas.values()):g})"
    writer.writerow(["learner", *map(_cell, more), *head, total_of_all, "remarks"])
    for learner, theirs in learners.items():
        marks = {one.kata: one.earned for one in theirs}
        unknown = any(one.earned is None for one in theirs)
        total = None if unknown else sum(one.earned or 0 for one in theirs)
        remarks = " | ".join(
            _remark(one, results.language) for one in theirs if _is_remarkable(one)
        )
        numbers = [_number(marks.get(name)) for name in names]
        own = [_name(theirs[0].columns.get(name, "")) for name in more]
        writer.writerow([_name(learner), *own, *numbers, _number(total), _cell(remarks)])
    return "\ufeff" + file.getvalue()


def _is_remarkable(result: Result) -> bool:
    return bool(result.verdict != "passed" or result.notes or result.deadline)


def _remark(result: Result, language: Language) -> str:
    words, deadline = WORDS[language], result.deadline
    late = [words["days late"].format(days=result.late_days)] if result.late_days else []
    if deadline is not None:
        late.append(words["own deadline"].format(moment=moment_in(language, deadline)))
    notes = (in_language(note, OWN, language) for note in result.notes)
    told = ", ".join([short(result.verdict, language), *late, *notes])
    why = advice_in(language, result.advice)
    return words["pair"].format(left=f"{result.kata} {told}", right=why)


def _number(value: float | None) -> str:
    return "" if value is None else f"{round(value, 2):g}"


def _name(learner: str) -> str:
    """Return a cell that a spreadsheet leaves as it is: an id of digits is no number."""
    cell = _cell(learner)
    letters = unicodedata.normalize("NFD", cell)
    bare = "".join(one for one in letters if not unicodedata.combining(one))
    return f"'{cell}" if _READ_OTHERWISE.fullmatch(bare) else cell


def _cell(text: str) -> str:
    return _FORMULA.sub(r"\1\2'", one_line(text, 5000))


def junit(results: Results) -> str:
    """Write JUnit XML: a suite a result, a case a test or scenario.

    Args:
        results: The record.

    Returns:
        The file. What the learner got wrong is a failure, what the grader did is an error.
    """
    root = ElementTree.Element("testsuites", name="dojo grade")
    for result in results.results:
        _add_suite(root, result, results.language)
    ElementTree.indent(root, " ")
    written = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{written}\n'


def _add_suite(root: ElementTree.Element, result: Result, language: Language) -> None:
    checks = checks_of(result, language)
    red = sum(not check.passed for check in checks)
    is_ours = result.verdict == "grader-error"
    suite = ElementTree.SubElement(
        root,
        "testsuite",
        name=one_line(f"{result.kata} {result.learner}"),
        tests=str(len(checks)),
        failures=str(0 if is_ours else red),
        errors=str(red if is_ours else 0),
        skipped="0",
        time=f"{result.seconds:.3f}",
    )
    if result.submitted is not None:
        suite.set("timestamp", result.submitted.strftime("%Y-%m-%dT%H:%M:%S"))
    named = {
        "learner": result.learner,
        "verdict": result.verdict,
        "advice": advice_in(language, result.advice),
        "score": _number(result.earned),
        "max_score": _number(result.points),
        "late_days": str(result.late_days),
        **result.binding.model_dump(),
    }
    properties = ElementTree.SubElement(suite, "properties")
    for name, value in named.items():
        ElementTree.SubElement(properties, "property", name=name, value=one_line(value))
    for check in checks:
        _add_case(suite, result.kata, check, "error" if is_ours else "failure")


def _add_case(suite: ElementTree.Element, kata: str, check: Check, kind: str) -> None:
    case = ElementTree.SubElement(
        suite, "testcase", classname=kata, name=one_line(check.name), time=f"{check.seconds:.3f}"
    )
    if not check.passed:
        told = plain(check.message)
        first = one_line(told.strip().split("\n", 1)[0])
        ElementTree.SubElement(case, kind, message=first, type=check.cause).text = told


def summary(results: Results) -> str:
    """Write the Markdown of a workflow's page: a table, and what is red behind a click.

    Args:
        results: The record.

    Returns:
        The text, of at most 500 kB: what does not fit is counted. No character of a submission
        means anything in it.
    """
    language, words = results.language, WORDS[results.language]
    counts = collections.Counter(one.verdict for one in results.results)
    told = ", ".join(f"{count} {short(one, language)}" for one, count in counts.most_common())
    said = words["results"].format(count=len(results.results), told=told or words["nothing"])
    lines = [f"## {words['grading']}", "", said, "", f"| {words['columns']} |", "|-|-|-:|-|-|"]
    shown = results.results[:MOST_SUMMARY_ROWS]
    lines += [_row(one, language) for one in shown]
    room = MOST_SUMMARY_BYTES - len("\n".join(lines).encode())
    red = [one for one in shown if one.verdict != "passed"]
    details: list[str] = []
    for result in red:
        block = _details(result, language)
        room -= len(block.encode()) + 2
        if room < 0:
            break
        details.append(block)
    left_out = len(red) - len(details)
    for line in results.ungraded[:100]:
        details.append(words["pair"].format(left=words["not graded"], right=_code(line)))
    if left_out or len(shown) < len(results.results):
        rows = len(results.results) - len(shown)
        details.append(words["left"].format(rows=rows, reports=left_out))
    return "\n\n".join(["\n".join(lines), *details]) + "\n"


def _row(result: Result, language: Language) -> str:
    earned = "-" if result.earned is None else _number(result.earned)
    said = WORDS[language]["days late"].format(days=result.late_days)
    late = f" ({said})" if result.late_days else ""
    points = f"{earned}/{_number(result.points)}{late}"
    cells = [_code(result.learner, 100), _code(result.kata), points]
    why = _code(advice_in(language, result.advice), 300)
    return f"| {' | '.join([*cells, short(result.verdict, language), why])} |"


def _details(result: Result, language: Language) -> str:
    words = WORDS[language]
    red = [check for check in checks_of(result, language) if not check.passed]
    told = [f"{one_line(check.name)}\n{plain(check.message, 3000)}" for check in red[:20]]
    if len(red) > 20:
        told.append(words["more here"].format(count=len(red) - 20))
    # The name comes last: one written from right to left would take the rest of the line along.
    learner = _code(result.learner, 100)
    title = words["count of red"].format(kata=_code(result.kata), count=len(red), learner=learner)
    body = _markdown("\n\n".join(told))
    return f"<details><summary>{title}</summary>\n\n<pre>{body}</pre>\n\n</details>"


def _code(text: str, most: int = 500) -> str:
    return f"<code>{_markdown(one_line(text, most))}</code>"


def _markdown(text: str) -> str:
    # An entity is a character, never markup: neither Markdown nor HTML nor a table's bar.
    return _MEANS_SOMETHING.sub(lambda found: f"&#{ord(found[0])};", text)

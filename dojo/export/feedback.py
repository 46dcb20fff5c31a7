"""Write what one learner may read of their own results: a page, or Markdown for a mail.

Of nobody else a word: no note that names another learner, no seed, no path.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping, Sequence

from dojo.catalog.kata import Kata, Language
from dojo.exam.marks import TaskMark
from dojo.export.checks import Check, checks_of
from dojo.export.page import head, text
from dojo.export.sheets import Worth
from dojo.export.words import VERDICTS, WORDS, advice_in, moment_in, number_in
from dojo.grading.results import Result
from dojo.ground.safe_text import one_line, plain
from dojo.intake.submission import UNTOUCHED

_MOST_MESSAGE = 4000
_SAID_ABOVE = ("unreadable", "tampering")  # the summary says why: no check says it again
_MOST_RED = 12  # of one task: the first ones say what to mend


def feedback_page(
    results: Sequence[Result],
    katas: Mapping[str, Kata],
    language: Language,
    worth: Worth | None = None,
) -> str:
    """Write a page of HTML, in one file without anything from elsewhere.

    Args:
        results: Those of one learner.
        katas: The catalogue, by id: it has the titles.
        language: Of all that is not a test's own message.
        worth: What the platform makes of a mark, to be said too.
    """
    words = WORDS[language]
    name = text(results[0].learner)
    parts = [head(words["title"].format(name=results[0].learner), language)]
    parts.append(f"<h1>{html.escape(words['title']).format(name=f'<bdi>{name}</bdi>')}</h1>\n")
    for result in results:
        kata = katas.get(result.kata)
        parts.append(f"<h2>{text(_title(result, kata, language))}</h2>\n")
        parts += [f"<p>{text(line)}</p>\n" for line in _summary(result, language)]
        said_once: set[str] = set()
        for task, checks in _by_task(result, language):
            colour = "good" if task.counts else "bad"
            said = _heading(task, kata, language)
            parts.append(f"<h3 class={colour}>{text(said)}</h3>\n")
            parts += [_html_of(check, words, said_once) for check in checks[:_MOST_RED]]
            if len(checks) > _MOST_RED:
                more = words["more"].format(count=len(checks) - _MOST_RED)
                parts.append(f"<p>{text(more)}</p>\n")
    parts += [f"<p><b>{text(line)}</b></p>\n" for line in _together(results, language, worth)]
    return "".join([*parts, "</body>\n</html>\n"])


def feedback_mail(
    results: Sequence[Result],
    katas: Mapping[str, Kata],
    language: Language,
    worth: Worth | None = None,
) -> str:
    """Write the same as Markdown that is read as plain text too; arguments as `feedback_page`."""
    words = WORDS[language]
    lines = [f"# {_bare(words['title'].format(name=results[0].learner))}", ""]
    for result in results:
        kata = katas.get(result.kata)
        lines += [f"## {_bare(_title(result, kata, language))}", ""]
        lines += [f"{_bare(line)}  " for line in _summary(result, language)]
        lines.append("")
        said_once: set[str] = set()
        for task, checks in _by_task(result, language):
            said = _heading(task, kata, language)
            lines += [f"### {_bare(said)}", ""]
            for check in checks[:_MOST_RED]:
                lines += [f"- {_bare(_called(check, words))}", ""]
                if told := _told(check, words, said_once):
                    lines += [*(f"    {line}" for line in told.splitlines()), ""]
            if len(checks) > _MOST_RED:
                lines += [_bare(words["more"].format(count=len(checks) - _MOST_RED)), ""]
    for line in _together(results, language, worth):
        lines += [f"**{_bare(line)}**", ""]
    return "\n".join(lines)


def file_name(learner: str, taken: set[str]) -> str:
    """Return a name for a learner's file that every system can have, and none has yet.

    Args:
        learner: The id, of anything.
        taken: The names that are there, case folded; the new one is added.
    """
    bare = re.sub(r"[^\w.@+-]+", "_", unicodedata.normalize("NFC", learner)).strip("._")[:80]
    name, number = bare or "learner", 1
    while name.casefold() in taken:
        number += 1
        name = f"{bare or 'learner'}-{number}"
    taken.add(name.casefold())
    return name


def _title(result: Result, kata: Kata | None, language: Language) -> str:
    if kata is None:
        return result.kata
    return WORDS[language]["pair"].format(left=result.kata, right=kata.title.get(language))


def _summary(result: Result, language: Language) -> list[str]:
    words = WORDS[language]
    if result.earned is None:
        return [words["none"]]
    points = number_in(language, result.points)
    mark = words["of"].format(earned=number_in(language, result.earned), points=points)
    verdict = VERDICTS[language][result.verdict]
    lines = [words["pair"].format(left=mark, right=verdict)]
    if result.by_hand is not None:  # the last word, so the first that is read
        by_hand = words["hand"].format(reason=result.by_hand.reason)
        lines = [words["pair"].format(left=mark, right=by_hand)]
        if (graded := result.by_hand.computed) is not None:
            left = words["graded"].format(earned=number_in(language, graded), points=points)
            lines.append(words["pair"].format(left=left, right=verdict))
    if result.verdict in _SAID_ABOVE:
        lines.append(advice_in(language, result.advice))
    if result.late_days:
        lines.append(_late(result, language))
    if UNTOUCHED in result.notes:
        lines.append(words["untouched"])
    if result.deadline is not None:
        lines.append(words["deadline"].format(moment=moment_in(language, result.deadline)))
    return lines


def _late(result: Result, language: Language) -> str:
    words = WORDS[language]
    off = sum(task.earned for task in result.tasks) - (result.earned or 0)
    # A mark by hand is the last word: nothing is taken off it.
    if result.by_hand is not None or result.submitted is None or off <= 0:
        return words["late"].format(days=result.late_days)
    moment = moment_in(language, result.submitted)
    return words["off"].format(moment=moment, days=result.late_days, off=number_in(language, off))


def _by_task(result: Result, language: Language) -> list[tuple[TaskMark, list[Check]]]:
    """Give each task what is red of it; what belongs to all tasks stands with the first."""
    red = [check for check in checks_of(result, language) if not check.passed]
    if UNTOUCHED in result.notes:  # each would say that it is still a stub
        red = []
    if result.verdict in _SAID_ABOVE:
        red = [check for check in red if check.name != WORDS[language]["submission"]]
    pairs = []
    for index, task in enumerate(result.tasks):
        own = [one for one in red if task.number in one.tasks or (not one.tasks and not index)]
        pairs.append((task, own))
    return pairs


def _heading(task: TaskMark, kata: Kata | None, language: Language) -> str:
    words = WORDS[language]
    tasks = [] if kata is None else kata.tasks
    title = tasks[task.number - 1].title.get(language) if task.number <= len(tasks) else ""
    said = words["task"].format(number=task.number, title=title).rstrip(" :")
    state = words["solved"] if task.counts else words["open"]
    earned, points = number_in(language, task.earned), number_in(language, task.points)
    return words["pair"].format(left=said, right=f"{state}, {earned}/{points}")


def _called(check: Check, words: Mapping[str, str]) -> str:
    if check.scenario:
        return f"{check.scenario} ({words['outside']})"
    return words["silent"].format(name=check.name) if check.is_silent else check.name


def _told(check: Check, words: Mapping[str, str], said_once: set[str]) -> str:
    """Return what a check says; of what one above has said already, only that.

    Args:
        check: The check.
        words: Of the language.
        said_once: What was said of this kata; what is new is added.
    """
    if not check.message or check.is_silent:
        return ""
    told = plain(check.message, _MOST_MESSAGE)
    if told in said_once:
        return words["as above"]
    said_once.add(told)
    return told


def _html_of(check: Check, words: Mapping[str, str], said_once: set[str]) -> str:
    told = _told(check, words, said_once)
    more = f"<pre>{html.escape(told)}</pre>\n" if told else ""
    return f"<p>{text(_called(check, words))}</p>\n{more}"


def _together(results: Sequence[Result], language: Language, worth: Worth | None) -> list[str]:
    marks = [one.earned for one in results]
    if None in marks:
        return []
    words, earned, lines = WORDS[language], sum(one or 0 for one in marks), []
    if len(results) > 1:
        points = number_in(language, sum(one.points for one in results))
        lines.append(words["total"].format(earned=number_in(language, earned), points=points))
    if worth is not None:
        there = number_in(language, worth.of(earned))
        most = number_in(language, worth.there)
        lines.append(words["there"].format(earned=there, worth=most))
    return lines


def _bare(said: str) -> str:
    """Return text on one line that means nothing in Markdown; a `_` within a word never does."""
    return re.sub(r"[\\`*\[\]<>|~&]|(?<!\w)_|_(?!\w)|^[#+-]", r"\\\g<0>", one_line(said))

"""The words around results that a learner reads, and what is said of a hand-in.

Results keep what was said in English, so that two of them can be compared; what is written for a
learner is said in the language of the batch. What tests and scenarios say is in the katas' own
catalogues.
"""

from __future__ import annotations

import datetime
import functools
import re

from dojo.catalog.kata import Language
from dojo.exam.marks import Verdict
from dojo.language.words import WordTable

WORDS = WordTable(
    "export",
    {
        "title": "Feedback for {name}",
        "pair": "{left}: {right}",
        "of": "{earned} of {points} points",
        "none": "no mark yet: the grading itself failed, by no fault of yours",
        "late": "handed in late: days counted: {days}",
        "off": "handed in late, on {moment}: days counted: {days}; points taken off: {off}",
        "untouched": "you handed in the file as it was handed out: was yours saved?",
        "days late": "days late: {days}",
        "deadline": "your deadline was {moment}",
        "own deadline": "own deadline {moment}",
        "hand": "the mark was set by hand: {reason}",
        "graded": "without it {earned} of {points} points",
        "as above": "the same as above",
        "task": "Task {number}: {title}",
        "task of": "{kata} task {number}",
        "solved": "solved",
        "open": "not solved",
        "more": "and {count} more",
        "silent": "{name}: red; what it said is not told",
        "outside": "seen from outside, with other data",
        "total": "Together: {earned} of {points} points",
        "there": "In your platform's gradebook: {earned} of {worth}",
        "red": "red: {cause}",
        "examination": "examination: {name}",
        "submission": "submission",
        "differs": "differs from the reference: {verdict}",
        "seen": "{what}: seen {seen}",
        "expected": "{what}: seen {seen}, expected {expected}",
        "grading": "Grading",
        "results": "{count} results: {told}.",
        "nothing": "none",
        "columns": "learner | kata | points | verdict | why",
        "count of red": "{kata}: {count} red, {learner}",
        "more here": "{count} more are in results.json",
        "not graded": "Not graded",
        "left": "{rows} rows and {reports} reports more are in results.json.",
    },
)
VERDICTS = WordTable(
    "verdicts",
    {
        "passed": "all of it is right",
        "wrong": "something asked for is not there yet",
        "raised": "your code raised an exception",
        "timeout": "your code came to no end, and was stopped",
        "memory": "your code used more memory than there is",
        "crashed": "your code's process was killed",
        "exited": "your code ended the process",
        "unreadable": "what you handed in could not be read",
        "tampering": "what judges was changed",
        "grader-error": "the grading itself failed",
    },
)
_SHORT = WordTable(
    "short",
    {
        "passed": "passed",
        "wrong": "wrong",
        "raised": "raised",
        "timeout": "timeout",
        "memory": "memory",
        "crashed": "crashed",
        "exited": "exited",
        "unreadable": "unreadable",
        "tampering": "tampering",
        "grader-error": "grader-error",
    },
)
# How numbers and moments are written; in English as the record has them.
_FIGURES = WordTable(
    "figures",
    {"decimal mark": ".", "moment": "{year}-{month}-{day} {clock}{offset}"},
)
# What the page on a cohort says.
COHORT = WordTable(
    "cohort",
    {
        "Cohort": "Cohort",
        "Every result": "Every result",
        "counts": "{learners} learners, {results} results: {told}.",
        "none": "none",
        "learner": "learner",
        "total": "total",
        "solved whole": "solved whole",
        "Learners by katas": "Learners by katas",
        "{days} d late": "{days} d late",
        "{days} days late": "days late: {days}",
        "set by hand": "set by hand",
        "untouched": "untouched",
        "{count} of {all}": "{count} of {all}",
        "What failed most": "What failed most",
        "Nothing.": "Nothing.",
        "{left}: {right}": "{left}: {right}",
        "{count} more failed, none more often.": "{count} more failed, none more often.",
        "no mark": "no mark",
        "submission": "submission",
        "grader": "grader",
        "walls": "walls",
        "green": "green",
        "red": "red",
        "agrees": "agrees",
        "differs": "differs",
        "unexamined": "unexamined",
        "on its own word alone": "on its own word alone",
        "task": "task",
        "tasks": "tasks",
        "points": "points",
        "tests": "tests",
        "examination": "examination",
        "Not graded": "Not graded",
        "replay of": "replay of",
        "and {count} more": "and {count} more",
        "Mistakes that are known": "Mistakes that are known",
        "or": "or",
        "{count} more were made less often.": "{count} more were made less often.",
        "the same tests are red": "the same tests are red",
        "one of these": "one of these",
        "this": "this",
        "behaves": "behaves",
        "behave": "behave",
        "or {count} more": "or {count} more",
        "{count} in step {number}": "{count} in step {number}",
        "learners by share: {said}": "learners by share: {said}",
        "Shares of the points": "Shares of the points",
        "Who, least points first": "Who, least points first",
        "solved by": "solved by",
        "Tasks by learners": "Tasks by learners",
        "own deadline {moment}": "own deadline {moment}",
        "Late, or with more time": "Late, or with more time",
        "Where tests and examination differ": "Where tests and examination differ",
        "seen from outside": "seen from outside",
        "answers to secret draws": "answers to secret draws",
        "an engine's record": "an engine's record",
        "its own word": "its own word",
        "kata, tasks": "kata, tasks",
        "What the marks rest on": "What the marks rest on",
        "contradict": (
            "In {count} results the tests and the examination contradict each other: read"
            " these by hand, they are marked ≠."
        ),
        "not to be graded": (
            "{count} could not be graded, by no fault of the learner: they have no mark. Grade"
            " them again."
        ),
        "how they are known": (
            "Each kata was tried on wrong answers with a name. A task behaves like one of them"
            " when the same tests are red, or at least when that one's tests all are, and make"
            " half of what is red. The code may look different."
        ),
        "more is wrong": "{shared} of {red} red tests are that mistake's; more is wrong",
        "likeness": "{tasks} {verb} like {like}; {sure}:",
        "signs": (
            "● solved, ◐ solved on its own word alone, ○ not solved, ≠ tests and examination"
            " differ, · not handed in."
        ),
        "part": "learners {first} to {last} of {all}: {one} to {other}",
        "one that differs": "task {number} (tests {tests}, examination {examined})",
        "grounds": (
            "A task without anything in the first two columns is passed on its own word alone:"
            " what is in the other two a submission can forge."
        ),
    },
)
# What a result's advice says, and why a hand-in cannot be read: found again by its form.
_ADVICE = WordTable(
    "advice",
    (
        "{advice}; on its own word alone: task {tasks}",
        "all of it is right",
        "it came to no end in time: look for a loop or a wait without an end",
        "it used more memory than a submission has",
        "its process was killed",
        "it ended the process: a task must return or raise",
        "it changed what judges it: look at this one by hand",
        "{red} of {tests} tests red, {bad} of {scenarios} scenarios differ",
        "{red} of {tests} tests red",
        "twice it broke the sandbox that it ran in, the reference did not: {why}",
        "not graded: {why}; grade it again",
        "it holds {count} hand-ins ({names}), not one learner's: hand in one",
        "it is a {kind} archive, which is not read here: {cure}",
        "{name} is a link, or cannot be read ({error})",
        "{name} is no regular file",
        "the archive holds more than {most} members",
        "the archive unpacks to more than {most} MB",
        "the archive unpacks to more than {most} times its size: a bomb",
        "the {kind} file holds a member without a name: make it anew",
        "the {kind} file holds folders more than {most} deep: {cure} anew",
        "the repository is not all its own: {why}; hand in a plain clone",
        "the {kind} file takes more memory or time to read than any should: make it anew",
        "the {kind} file holds a name of {count} characters: make it anew",
        "the {kind} file cannot be read ({error}): make it anew",
        "the {kind} file holds {name} twice: make it anew",
        "{name} is a link in the archive, no file",
        "the {kind} file holds no tar ({error}): {cure}",
        "{name} is not there; there is {near}: if that is it, call it {file}",
        "{name} is not there; there is {near}, a notebook: hand in its code, saved as {file}",
        "{name} is not there; there is {near}: unpack it",
        "{name} is not there",
        "{name} is longer than {most} MB: hand in the code only",
        "{name} is empty: was it saved?",
        "{name} is not Python text (NUL bytes): save it as UTF-8",
        "{name} is not Python text: save it as UTF-8",
        "it was typed into the platform's page: hand in the file",
        "it is a link: hand in the files themselves",
        "there is nothing at this path",
        "{name} is empty: {cure}",
        "{name} is no folder, archive or Python file by its bytes: {cure}",
        "the folder cannot be read ({error})",
        "it holds more than {most} files",
        "git cannot read the repository: {error}",
        "{name} is a link or a submodule, no file",
        "it cannot be read ({error}): hand it in anew, as a .zip",
        "hand in a .zip or a .tar.gz",
    ),
)


_SENTENCES = ("advice", "cure", "why")  # what is put in, and may be of a form itself


def short(verdict: Verdict, language: Language) -> str:
    """Return a verdict in a word or two; in English it is the record's own."""
    return _SHORT[language][verdict]


def number_in(language: Language, value: float) -> str:
    """Return a number as a language writes it."""
    return f"{value:g}".replace(".", _FIGURES[language]["decimal mark"])


def moment_in(language: Language, moment: datetime.datetime) -> str:
    """Return a moment to the minute as a language writes it, with its offset from UTC if any."""
    written = moment.isoformat(" ", "minutes")
    return _FIGURES[language]["moment"].format(
        year=written[:4],
        month=written[5:7],
        day=written[8:10],
        clock=written[11:16],
        offset=written[16:],
    )


def advice_in(language: Language, advice: str) -> str:
    """Return a result's advice in a language; as it is where it is of no form that is known."""
    if language == "en":
        return advice
    for form, said in zip(_forms(), _ADVICE[language].values(), strict=True):
        if found := form.fullmatch(advice):
            given = {
                name: advice_in(language, text) if name in _SENTENCES else text
                for name, text in found.groupdict().items()
            }
            return said.format(**given)
    return advice


@functools.cache
def _forms() -> tuple[re.Pattern[str], ...]:
    return tuple(_form_of(english) for english in _ADVICE.english)


def _form_of(text: str) -> re.Pattern[str]:
    """Make a pattern of a text with `{names}` in it."""
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", re.escape(text)), re.DOTALL)

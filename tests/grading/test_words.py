"""What a learner reads is said in the language of the batch, whichever way it reaches them."""

from __future__ import annotations

import ast
import base64
import json
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from dojo.exam.marks import Judged, Verdict
from dojo.export import formats, platforms
from dojo.export.feedback import feedback_mail
from dojo.export.words import VERDICTS, WORDS, advice_in, short
from dojo.grading import grader
from dojo.grading.results import Results, with_feedback
from dojo.ground.paths import PACKAGE_ROOT
from tests.made_up_results import a_result, a_task, passed, record, unreadable

CLASSROOM_50 = {
    "CLASSROOM": "ml",
    "ASSIGNMENT": "retries",
    "SUBMISSION_TAG": "submit/2026-05-01T10-00-00Z-abc",
    "COMMIT_URL": "https://example.org/c",
    "RELEASE_URL": "https://example.org/r",
    "GITHUB_REPOSITORY": "school/ml-retries-anna-b",
}


def placeholders(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text)} - {None}


def test_both_languages_say_the_same_things() -> None:
    assert WORDS["en"].keys() == WORDS["fr"].keys()
    for key, said in WORDS["en"].items():
        assert placeholders(WORDS["fr"][key]) == placeholders(said), key
    for language in ("en", "fr"):
        assert set(VERDICTS[language]) == set(get_args(Verdict))  # type: ignore[index]
    assert len({short(one, "fr") for one in get_args(Verdict)}) == len(get_args(Verdict))


# What stands in a message in place of what a learner's files are called, or a number.
STANDS_FOR = {
    "CURE": "hand in a .zip or a .tar.gz",
    "what": "empty",
    "several": "3 hand-ins (anna, ben, cleo), not one learner's",
    "meant": "; there is 'retry.py': if that is it, call it retries.py",
}


def messages() -> Iterator[str]:
    """Yield each message with which the intake refuses a hand-in, as a learner may read it."""
    for path in sorted((PACKAGE_ROOT / "dojo" / "intake").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            if is_call and node.func.id == "Unreadable":  # type: ignore[attr-defined]
                (said,) = node.args  # type: ignore[attr-defined]
                if not isinstance(said, ast.Attribute):  # a limited process has raised one of them
                    yield written(said)


def written(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    assert isinstance(node, ast.JoinedStr), ast.dump(node)
    parts = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
        else:
            name = ast.unparse(part.value)  # type: ignore[attr-defined]
            parts.append(STANDS_FOR.get(name, "7"))
    return "".join(parts)


MESSAGES = sorted({*messages()})


def test_all_refusals_of_the_intake_are_looked_at() -> None:
    assert len(MESSAGES) >= 26


@pytest.mark.parametrize("message", MESSAGES)
def test_learner_is_told_in_french_why_a_hand_in_cannot_be_read(message: str) -> None:
    said = advice_in("fr", message)

    assert said != message
    assert not re.search(r"\b(the|is|hand in|anew|there|holds)\b", said), said
    assert advice_in("en", message) == message


@pytest.mark.parametrize(
    "advice",
    [
        *grader._ADVICE.values(),
        "3 of 12 tests red",
        "3 of 12 tests red, 1 of 4 scenarios differ",
        "twice it broke the sandbox that it ran in, the reference did not: killed",
        "not graded: the disk is full; grade it again",
        "retries.py is no folder, archive or Python file by its bytes: hand in a .zip or a .tar.gz",
        "katas/02_retries/retries.py is not there",
        "it cannot be read (OSError: odd): hand it in anew, as a .zip",
    ],
)
def test_every_advice_of_the_grader_has_its_french(advice: str) -> None:
    assert advice_in("fr", advice) != advice


def test_advice_says_in_french_too_that_nothing_firm_was_seen() -> None:
    task = a_task(2).model_copy(update={"rests_on": ("word",)})
    assert task.is_own_word
    judged = Judged((), (), "passed")
    advice = grader._advice("passed", judged, (a_task(1), task))

    assert advice_in("fr", advice) == "tout est juste\u00a0; sur sa seule parole\u00a0: tâche 2"


def test_advice_keeps_what_it_is_on() -> None:
    there = "{x}.py is not there; there is"
    said = advice_in("fr", f"{there} 'retry.py': if that is it, call it retries.py")
    assert (
        said
        == "{x}.py n'est pas là\u00a0; il y a 'retry.py'\u00a0: si c'est lui, appelez-le retries.py"
    )
    said = advice_in("fr", f"{there} 'a.zip': unpack it")
    assert said == "{x}.py n'est pas là\u00a0; il y a 'a.zip'\u00a0: décompressez-le"
    assert advice_in("fr", "something else") == "something else"


def decoded(payload: str) -> Any:
    return json.loads(base64.b64decode(payload))


WRITERS = {
    "junit": formats.junit,
    "summary": formats.summary,
    "gradescope": platforms.gradescope,
    "exercism": platforms.exercism,
    "classroom50": lambda results: platforms.classroom50(results, CLASSROOM_50),
    "classroom": lambda results: json.dumps(decoded(platforms.classroom(results)), indent=1),
}
ENGLISH = re.compile(
    r"points?, |\bred\b|\btask \d|examination:|differs from|\bseen \d|expected 4\b|days late"
    r"|\bof \d+ points|tests red|## Grading|Not graded|results:|verdict \| why"
)


def in_french(*results: Any, **changes: Any) -> Results:
    return record(*results, language="fr", **changes)


@pytest.mark.parametrize("name", WRITERS)
def test_export_is_in_the_language_of_the_batch(name: str) -> None:
    result = a_result(advice="1 of 2 tests red, 1 of 2 scenarios differ", late_days=2, earned=8)
    result = with_feedback(result, "actual-only")  # tests' own messages are English
    english = WRITERS[name](record(result, ungraded=("x",)))
    french = WRITERS[name](in_french(result, ungraded=("x",)))

    assert ENGLISH.search(english)
    found = ENGLISH.search(french)
    assert found is None, found


@pytest.mark.parametrize("name", ["gradescope", "exercism", "classroom50", "classroom"])
def test_field_names_and_numbers_stay(name: str) -> None:
    def shape(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: shape(one) for key, one in value.items()}
        if isinstance(value, list):
            return [shape(one) for one in value]
        return "text" if isinstance(value, str) else value

    english, french = (json.loads(WRITERS[name](make(a_result()))) for make in (record, in_french))
    assert shape(english) == shape(french)


def test_unreadable_hand_in_is_explained_in_french_everywhere() -> None:
    advice = "retries.py is empty: was it saved?"
    result = unreadable().model_copy(update={"advice": advice, "submitted": passed().submitted})
    said = [write(in_french(result)) for write in WRITERS.values()]
    said.append(feedback_mail([result], {}, "fr"))

    for text in said:
        readable = re.sub(r"&#(\d+);", lambda one: chr(int(one[1])), text)
        readable = readable.replace(r"\u00a0", " ").replace("\u00a0", " ").replace("\\", "")
        assert "retries.py est vide : a-t-il" in readable


def test_record_of_an_older_dojo_is_english(tmp_path: Path) -> None:
    older = json.loads(record(a_result()).model_dump_json())
    del older["language"]
    assert Results.model_validate(older).language == "en"

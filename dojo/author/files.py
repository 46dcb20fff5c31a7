"""Check a kata's files and pages: which there are, what they list, that both languages agree."""

from __future__ import annotations

import ast
import fnmatch
import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Literal

from packaging.requirements import InvalidRequirement

from dojo.author.finding import Fault, Finding, rule, shown
from dojo.catalog.answers import answer_files, holds_here, needed_by
from dojo.catalog.handed_out import names_handed_out
from dojo.catalog.kata import CatalogError, Kata, load_catalog
from dojo.laws.rules import LAWS

_LEFT = re.compile(r"\bTODO\b(?!\(kata\))")
# Of the page's small example, where it has one: docs/make_examples.py draws them.
_PICTURES = {"example.svg", "example.fr.svg"}
_OTHER_END = re.compile(r"\.([a-z]{2,3}(?:_[A-Z]{2})?)\.md$")


def catalogue_reads_and_nothing_is_left_over(root: Path) -> list[Finding]:
    """Ask that all katas can be read, and that each has its two folders."""
    name = catalogue_reads_and_nothing_is_left_over.__name__
    try:
        known = {kata.name for kata in load_catalog(root)}
    except CatalogError as error:
        return [Finding("", "katas", name, "mend what it says", str(error))]
    places = [path for room in ("katas", "reference") for path in (root / room).glob("[0-9]*_*")]
    strange = [path for path in places if path.is_dir() and path.name not in known]
    missing = [root / "reference" / one for one in known if not (root / "reference" / one).is_dir()]
    return [
        *(
            Finding("", shown(path, root), name, "write its kata, or remove it", "is of no kata")
            for path in sorted(strange)
        ),
        *(
            Finding(path.name, shown(path, root), name, "write the reference", "is missing")
            for path in sorted(missing)
        ),
    ]


@rule
def kata_has_all_its_files(kata: Kata) -> Iterator[Fault]:
    """Ask for page, stub, tests and reference, for all languages, and for nothing else."""
    ends = page_ends(kata)
    expected = {"kata.toml", kata.stub_file.name, kata.test_file.name}
    expected |= {f"README.{end}" for end in ends} | set(kata.data)
    present = names_handed_out(kata.folder) - {"__pycache__", *_PICTURES}
    expected |= {name for name in present if fnmatch.fnmatch(name, "messages.*.po")}
    pages = {name for name in present - expected if name.endswith(".md")}
    # A page in a language that not each kata has is welcome.
    others = {name for name in pages if _OTHER_END.search(name) and not name.endswith(ends[1:])}
    readings = sorted({_reading(name, ends) for name in pages - others})
    expected |= {f"{name}.{end}" for name in readings for end in ends}
    expected |= {name for name in others if _OTHER_END.sub(".md", name) in expected}
    for name in sorted(present - expected):
        cure = "remove it: a kata's folder has its five files, and pages to read"
        yield Fault(kata.folder / name, "belongs to no kata", cure)
    for name in sorted(expected - present):
        yield Fault(kata.folder / name, "is missing", "write it")
    for end in ends:
        lesson = kata.folder / f"README.{end}"
        text = lesson.read_text(encoding="utf-8") if lesson.is_file() else ""
        for name in readings:
            if f"]({name}.{end})" not in text:
                yield Fault(lesson, f"leads nowhere to {name}.{end}", "link it")
    if not kata.reference_file.is_file():
        yield Fault(kata.reference_file, "is missing", "write the reference")
    known = [*answer_files(kata, "wrong"), *answer_files(kata, "right")]
    for path in sorted(set(kata.answers_folder.glob("*.py")) - set(known)):
        yield Fault(path, "is neither wrong nor right", "call it wrong_*.py or right_*.py")


def page_ends(kata: Kata) -> tuple[str, ...]:
    """Return how pages end in the languages that each kata of its pack has, English first."""
    others = [one for one in kata.pack.languages if one != "en"]
    return ("md", *(f"{one}.md" for one in others))


def _reading(name: str, ends: tuple[str, ...]) -> str:
    """Return the name of a page without its language."""
    return name.removesuffix(next(f".{end}" for end in (*ends[1:], "md") if name.endswith(end)))


@rule
def kata_has_enough_answers(kata: Kata) -> Iterator[Fault]:
    """Ask for so many wrong answers and right ones."""
    wrong, right = answer_files(kata, "wrong"), answer_files(kata, "right")
    fewest = kata.pack.fewest
    if len(wrong) < fewest.wrong:
        cure = f"plant {fewest.wrong}: mistakes that people make"
        yield Fault(kata.answers_folder, f"wrong answers: {len(wrong)}", cure)
    if len(right) < fewest.right:
        cure = f"plant {fewest.right}: honest solutions written another way"
        yield Fault(kata.answers_folder, f"right answers: {len(right)}", cure)


@rule
def answer_can_be_read(kata: Kata, answer: Path) -> Iterator[Fault]:
    """Ask that an answer is Python, and that `Holds for:` names a package that is here."""
    del kata
    ast.parse(answer.read_bytes(), str(answer))
    try:
        needed = needed_by(answer)
        if needed is not None:
            metadata.version(needed.name)
    except InvalidRequirement as error:
        yield Fault(answer, f"Holds for: {error}", "write it as 'Holds for: pandas<3'")
    except metadata.PackageNotFoundError as error:
        yield Fault(answer, f"Holds for: {error.name}, which is not installed", "install it")


def answers_to_run(kata: Kata, kind: Literal["wrong", "right"]) -> list[Path]:
    """Return the answers that can be read, and hold with the installed versions."""
    every = answer_files(kata, kind)
    return [one for one in every if not answer_can_be_read(kata, one) and holds_here(one)]


@rule
def every_test_is_listed_under_a_task(kata: Kata) -> Iterator[Fault]:
    """Ask that kata.toml lists each written test once; where tasks have an order, in that."""
    tree = ast.parse(kata.test_file.read_bytes(), str(kata.test_file))
    written = [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
    ]
    toml = kata.folder / "kata.toml"
    for name in sorted(set(written) - set(kata.tests)):
        yield Fault(toml, f"no task lists {name}", "list it under the task that it proves")
    for name in sorted(set(kata.tests) - set(written)):
        yield Fault(toml, f"lists {name}, which is not written", "write the test, or unlist it")
    for name in sorted({name for name in written if written.count(name) > 1}):
        yield Fault(kata.test_file, f"{name} is written twice", "call one of them something else")
    if kata.in_order and sorted(written) == sorted(kata.tests) and written != kata.tests:
        cure = "write the tests in the order of kata.toml: an earlier task's come first"
        yield Fault(kata.test_file, "the tests are in another order than the tasks", cure)


@rule
def lifted_law_exists_and_has_a_reason(kata: Kata) -> Iterator[Fault]:
    """Ask that a kata lifts only house rules that there are, and says why in a sentence."""
    toml = kata.folder / "kata.toml"
    for law, why in kata.lifts.items():
        if law not in LAWS:
            yield Fault(toml, f"lifts {law!r}", f"lift one of: {', '.join(LAWS)}")
        if len(why.split()) <= 3:
            yield Fault(toml, f"lifts {law!r} because {why!r}", "say why, in a sentence")


@rule
def both_lessons_show_the_same_code(kata: Kata) -> Iterator[Fault]:
    """Ask that all languages have the same code blocks, some, and the same headings."""
    page = kata.folder / "README.md"
    english = page.read_text(encoding="utf-8")
    if not code_blocks(english):
        yield Fault(page, "has no block of code", "show code")
    others = {
        *kata.folder.glob("README.*.md"),
        *(kata.folder / f"README.{end}" for end in page_ends(kata)[1:]),
    }
    for other in sorted(others):
        theirs = other.read_text(encoding="utf-8")
        if code_blocks(english) != code_blocks(theirs):
            cure = "show the same blocks of code, in the same order, as README.md"
            yield Fault(other, _first_other(code_blocks(english), code_blocks(theirs)), cure)
        if headings(english) != headings(theirs):
            seen = f"levels of headings {headings(theirs)}, in README.md {headings(english)}"
            yield Fault(other, seen, "give it the sections of README.md")


@rule
def nothing_is_left_to_write(kata: Kata) -> Iterator[Fault]:
    """Ask that what `dojo new` began with was written: no TODO but those that tell a learner."""
    written = [kata.folder / "kata.toml", kata.stub_file, kata.test_file, kata.reference_file]
    for path in (*written, *sorted(kata.folder.glob("*.md")), kata.exam_file):
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        if found := _LEFT.search(text):
            line = text[: found.start()].count("\n") + 1
            yield Fault(path, f"line {line} has a TODO", "write what stands there")


def code_blocks(text: str) -> list[str]:
    """Return a page's blocks of code, fences included."""
    return re.findall(r"^```.*?^```", text, re.MULTILINE | re.DOTALL)


def headings(text: str) -> list[int]:
    """Return the levels of a page's headings."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return [len(marks) for marks in re.findall(r"^(#+) ", prose, re.MULTILINE)]


def _first_other(english: list[str], french: list[str]) -> str:
    for number, (one, other) in enumerate(zip(english, french, strict=False), start=1):
        if one != other:
            return f"block {number} is another: {other}"
    return f"{len(french)} blocks of code, in README.md {len(english)}"

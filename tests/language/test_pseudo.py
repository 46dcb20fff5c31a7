"""In a language that nobody speaks: all that a test can say is found again, nothing stays English.

Each letter has an accent there, and each text is two fifths longer. So what is not translated is
seen at once, and what no longer fits a line of 80 columns too.
"""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Iterator

import pytest
import typer
from rich.cells import cell_len
from typer.testing import CliRunner

from dojo.catalog.kata import Kata, load_catalog
from dojo.cli.door import app
from dojo.export.cohort import cohort_page
from dojo.export.feedback import feedback_mail
from dojo.grading.results import ByHand
from dojo.ground.paths import PACKAGE_ROOT
from dojo.language import sources
from dojo.language.catalogue import places
from dojo.language.translating import Translator
from dojo.replay import page, text
from dojo.replay.compare import differences
from dojo.replay.story import Table
from dojo.replay.words import Say
from dojo.terminal.companion.words import Words, names_of
from tests.language.pseudo import PSEUDO, english_in, pseudo, write_catalogue
from tests.made_up_results import a_result, passed, record, ungraded
from tests.replay.made_up import many, retried, run, story

KATAS = load_catalog(PACKAGE_ROOT)
PARTS = sources.own_parts()
OWN = PARTS[None]
COMMANDS = typer.main.get_command(app).commands
MADE_UP = ("said 1, expected 4", "requests made", "1 of 2 tests is red", "not graded: disk full")
TABLE = Table(title="Files that stay", columns=("file", "bytes"), rows=(("a", "1"),), marks=(0,))
PLAIN = re.compile(r"[a-zA-Z]*[aceinostuy][a-zA-Z]*", re.ASCII)


def filled(text: str) -> str:
    """Put numbers into a template, each another one."""
    values = {name: str(number) for number, name in enumerate(sorted(places(text) or ()), start=41)}
    return text.format(**values)


@pytest.mark.parametrize("kata", KATAS, ids=lambda kata: kata.id)
def test_each_sentence_of_a_kata_is_found_again(kata: Kata) -> None:
    theirs = sources.kata_parts(kata, "fr")[None]
    there = Translator(*({one.text: pseudo(one.text) for one in some} for some in (theirs, OWN)))

    for one in theirs:
        english = filled(one.text)
        said = there.translate(english)
        assert not PLAIN.findall(said), f"{one.text!r} (line {one.line}) became {said!r}"
        numbers = re.findall(r"\d+", english)
        assert sorted(re.findall(r"\d+", said)) == sorted(numbers), said
        assert max(map(len, textwrap.wrap(said, 76)), default=0) <= 76


@pytest.fixture(scope="module", autouse=True)
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Have `dojo` itself speak that language too."""
    folder = tmp_path_factory.mktemp("own")
    write_catalogue(folder, PARTS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dojo.language.OWN", folder)
        patch.setenv("DOJO_LANG", PSEUDO)
        yield


def texts_of(page_of_html: str) -> str:
    """Return what is between the tags, a line each."""
    return re.sub(r"<style>.*?</style>|<[^>]*>", "\n", page_of_html, flags=re.DOTALL)


@pytest.mark.parametrize("command", ["", *sorted(COMMANDS)])
def test_help_says_nothing_in_english(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOJO_LANG", PSEUDO)
    shown = CliRunner().invoke(app, [*command.split(), "--help"]).output

    assert len(shown.splitlines()) > 3
    assert english_in(shown) == []
    assert max(map(len, shown.splitlines())) <= 80


def test_page_on_a_cohort_says_nothing_in_english() -> None:
    late = a_result(learner="zoe", late_days=2, by_hand=ByHand(reason="r", earned=1.0))
    written = record(late, a_result(), passed(), ungraded(), language=PSEUDO)

    shown = html.unescape(texts_of(cohort_page(written)))

    assert english_in(shown, *MADE_UP) == []


def test_feedback_says_nothing_in_english() -> None:
    written = feedback_mail([a_result(late_days=2), passed()], {}, PSEUDO)

    assert english_in(written, *MADE_UP) == []


def test_replay_says_nothing_in_english_and_fits() -> None:
    flow = run(1, (0, "Running"), (200, "Completed"), kind="flow run", name="night", notes=("a",))
    mine = story(flow, retried(2, 1, 90.0, parent=1), tables=(TABLE,), left_out=3)
    both = [("yours", mine), ("reference", story(flow, *many(12).runs[1:]))]
    told = differences(mine, both[1][1])

    lines = text.draw(both, told, say=Say(PSEUDO))
    shown = page.write("night", both, told, language=PSEUDO)

    assert told
    assert english_in("\n".join(lines)) == []
    assert max(map(cell_len, lines)) <= 80
    assert english_in(texts_of(shown)) == []
    assert english_in("\n".join(re.findall(r'aria-label="([^"]*)"', shown))) == []
    assert f'lang="{PSEUDO}"' in shown


@pytest.mark.parametrize("name", sorted(names_of("en")))
def test_companion_says_nothing_in_english(name: str) -> None:
    assert not PLAIN.findall(Words(PSEUDO)(name, *"1234"))

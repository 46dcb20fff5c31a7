"""What the commands of each room say is in the reader's language: no line of theirs is English."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dojo.author.check import check_files
from dojo.catalog.kata import load_catalog
from dojo.cli.door import app
from dojo.grading.lateness import NO_DATE
from dojo.grading.results import ByHand
from dojo.language import sources
from dojo.language.catalogue import AROUND, places
from dojo.language.translating import Translator
from dojo.sandbox.selftest import told_of
from dojo.terminal.screen import Screen
from tests.katas.made_up import FRENCH_LESSON, make_checkout, make_kata
from tests.language.pseudo import PSEUDO, plain_in, pseudo, write_catalogue
from tests.made_up_results import NOON, a_result, passed, record, ungraded, unreadable

PARTS = sources.own_parts()
# Names, and what a made-up grader has said.
MADE_UP = (
    *(r"^dojo: ", r"\b(zoe|ben|anna|cleo|prefect)\b", "said 1.*4", "requests made", "disk full"),
    *("1 of 2 tests is red", "no file retries.py: hand it in", "NotImplementedError"),
)
LINES = """
list
hint 01 1
hint 01 7
hint 09 1
run 09
run 01 --solutions nowhere
check 09
check --mutants --whole
site --out katas
lang xx
lang qps
translate 01 --lang x
translate 01 --lang qps
reset 09
reset 01 --list
reset 01 --restore nothing
reset 01 --task 7
reset 01
solution 01
forget
forget --off
replay 01 test_none
update
install nothing
init katas
init other --track nothing
export results.json - --to gradebook
export results.json - --to nothing
export results.json - --to moodle
export results.json - --to gradescope
export results.json - --to gradescope --learner zoe
export failed.json - --to gradescope
export nowhere.json - --to junit
export results.json - --to junit --learner nobody
report
report --attempts nowhere
feedback results.json
verify results.json --sign-key key
verify results.json --sign-key nowhere
mark results.json zoe 02 5
mark results.json zoe 02 5 --reason x
mark results.json nobody 02 5 --reason x
mark results.json zoe 02 500 --reason x
regrade results.json
grade
grade nowhere
grade katas --roster nowhere
grade katas --kata 09
grade katas --kata 01 --deadline yesterday
grade katas --kata 01 --deadline 2026-11-24T18:00
grade katas --level none
mistakes 09
watch 09
nothing
list --nothing
""".strip().splitlines()
# What a test of a wrong answer shows, so that each rule which reads files has something to say.
FAULTS: dict[str, str | None] = {
    "katas/notes.txt": "?",
    "katas/README.fr.md": FRENCH_LESSON.replace("[1]", "[2]") + "## More\n",
    "katas/{slug}.py": "def add_up(values: list[str]) -> int:\n    raise NotImplementedError\n",
    "answers/wrong_0.py": '"""Holds for: no-such-package"""',
    "answers/left.py": "",
    "reference/mutants.toml": "[[survivor]]",
}


@pytest.fixture(scope="module", autouse=True)
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("own")
    write_catalogue(folder, PARTS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dojo.language.OWN", folder)
        yield


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A healthy kata, and results of a small class."""
    root = make_checkout(tmp_path / "checkout")
    make_kata(root, 1, "healthy", {})
    (kata,) = load_catalog(root)
    write_catalogue(kata.folder, sources.kata_parts(kata, PSEUDO))
    late = a_result(learner="zoe", late_days=2, deadline=NOON, notes=(NO_DATE,))
    by_hand = a_result(learner="ben", by_hand=ByHand(reason="x", earned=1.0))
    every = record(late, by_hand, passed(), unreadable(learner="cleo"), language=PSEUDO)
    (root / "results.json").write_text(every.model_dump_json())
    (root / "failed.json").write_text(record(ungraded(), language=PSEUDO).model_dump_json())
    (root / "key").write_text("ab" * 32)
    monkeypatch.setenv("DOJO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("DOJO_LANG", PSEUDO)
    monkeypatch.chdir(root)
    return root


@pytest.mark.parametrize("line", [*LINES, pytest.param("replay 01", marks=pytest.mark.slow)])
@pytest.mark.usefixtures("checkout")
def test_command_says_nothing_in_english(line: str) -> None:
    done = CliRunner().invoke(app, line.split())

    assert done.output.strip()
    assert plain_in(done.output, *MADE_UP) == []


def test_findings_of_an_author_are_not_english(checkout: Path) -> None:
    make_kata(checkout, 3, "broken", FAULTS)
    kata = load_catalog(checkout)[1]

    found = list(check_files(kata))

    assert len({one.rule for one in found}) > 5
    told = [one.line_in(Screen().words).removeprefix(f"{one.file}: {one.rule}: ") for one in found]
    assert plain_in("\n".join(told)) == []


@pytest.mark.usefixtures("checkout")
def test_hole_in_the_walls_is_not_told_in_english() -> None:
    holes = {"reach a server of the host": "its connection came in", "use io_uring": "no limit"}

    assert plain_in(Screen().words(told_of("strict", holes))) == []


def test_each_sentence_of_the_dojo_is_found_again() -> None:
    both = [one.text for part in (None, AROUND) for one in PARTS[part]]
    there = Translator({text: pseudo(text) for text in both})

    for text in both:
        if text.count("\n") < 6:  # what is longer is a file that is written
            names = enumerate(sorted(places(text) or ()), start=41)
            english = text.format(**{name: str(number) for number, name in names})
            assert plain_in(there.translate(english)) == []

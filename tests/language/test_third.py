"""A third language is files beside a kata: a page and a catalogue, no line of code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dojo.cli.door import app
from dojo.ground.exits import Exit
from dojo.language import languages, mistake_in
from dojo.place.state import language_here
from tests.made_up_katas import write_checkout, write_kata

STUB = '''"""Count."""


def one() -> int:
    """Return one."""
    raise NotImplementedError
'''
TESTS = """
def test_one(solution):
    said = solution.one()
    assert said == 1, f"It returned {said}."
"""
# In Esperanto, which nobody has asked for: so no line of ours can know it.
CATALOGUE = """
msgctxt "stub"
msgid "Count."
msgstr "Kalkuli."

msgctxt "stub"
msgid "Return one."
msgstr "Redoni unu."

msgid "It returned {said}."
msgstr "Ĝi redonis {said}."

msgctxt "kata"
msgid "Demo"
msgstr "Provo"

msgctxt "kata"
msgid "call it"
msgstr "voku ĝin"

msgctxt "kata"
msgid "b"
msgstr "dua konsilo"

msgctxt "mistakes"
msgid "Counts one too many."
msgstr "Kalkulas unu tro."
"""


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two katas in English and French; the first one has files in Esperanto too."""
    for number, slug in ((1, "alpha"), (2, "beta")):
        folder = write_kata(tmp_path, STUB, TESTS, "test_one", number=number, slug=slug)
        (folder / "README.md").write_text(f"# {slug}\n")
    write_checkout(tmp_path)
    alpha = tmp_path / "katas/01_alpha"
    (alpha / "messages.eo.po").write_text(CATALOGUE, encoding="utf-8")
    (alpha / "README.eo.md").write_text("# alfa\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def dojo(*words: str) -> str:
    done = CliRunner().invoke(app, words)
    assert done.exit_code in (Exit.DONE, Exit.UNSOLVED), done.output
    return done.output


def test_list_and_hint_speak_it_and_english_where_it_lacks(checkout: Path) -> None:
    listed = dojo("list", "--lang", "eo")
    hints = [dojo("hint", "01", "1", "--tier", tier, "--lang", "eo") for tier in "123"]

    assert languages(checkout) == ["en", "eo", "fr"]
    assert ("Provo" in listed, "Demo" in listed) == (True, True)  # the second kata lacks it
    assert "katas/01_alpha/README.eo.md" in listed
    assert "voku ĝin" in hints[0]
    assert [hint.splitlines()[2].strip() for hint in hints] == ["a", "dua konsilo", "c"]
    alpha = checkout / "katas/01_alpha"
    assert mistake_in("Counts one too many.", alpha, "eo") == "Kalkulas unu tro."
    assert mistake_in("Another.", alpha, "eo") == "Another."


@pytest.mark.parametrize("name", ["DOJO_LANG", "LANG"])
def test_it_is_spoken_as_the_terminal_says(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for one in ("DOJO_LANG", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(one, raising=False)
    monkeypatch.setenv(name, {"DOJO_LANG": "eo", "LANG": "eo_XX.UTF-8"}[name])

    assert language_here(checkout) == "eo"
    assert "Provo" in dojo("list")


def test_locale_that_nobody_speaks_is_english(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DOJO_LANG", raising=False)
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")

    assert language_here(checkout) == "en"
    done = CliRunner().invoke(app, ["list", "--lang", "ja"])
    assert done.exit_code == Exit.USAGE
    assert "'--lang en' and '--lang eo' and '--lang fr'" in done.output


@pytest.mark.slow
def test_red_message_is_said_in_it(checkout: Path, tmp_path: Path) -> None:
    (checkout / "two.py").write_text("def one():\n    return 2\n")
    words = [sys.executable, "-m", "dojo", "run", "01", "--solutions", "two.py", "--lang", "eo"]

    done = subprocess.run(words, cwd=checkout, capture_output=True, encoding="utf-8", check=False)

    assert done.returncode == Exit.UNSOLVED, done.stderr
    assert "Ĝi redonis 2." in done.stdout


def test_stub_speaks_it_and_english_again(checkout: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=checkout, check=True)
    subprocess.run(["git", "add", "-A"], cwd=checkout, check=True)
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    subprocess.run(["git", *who, "commit", "-qm", "hand out"], cwd=checkout, check=True)
    stub = checkout / "katas/01_alpha/alpha.py"

    dojo("lang", "eo")
    spoken = stub.read_text(encoding="utf-8")
    dojo("lang", "en")

    assert spoken == STUB.replace("Count.", "Kalkuli.").replace("Return one.", "Redoni unu.")
    assert stub.read_text() == STUB
    assert (checkout / "katas/02_beta/beta.py").read_text() == STUB


def test_catalogue_to_be_filled_keeps_what_is_said(checkout: Path) -> None:
    file = checkout / "katas/01_alpha/messages.eo.po"

    said = dojo("translate", "01", "--lang", "eo")

    assert "2 texts to be said" in said  # two hints; mistakes are kept: the answers are elsewhere
    written = file.read_text(encoding="utf-8")
    assert all(text in written for text in ("Provo", "Redoni unu.", "Ĝi redonis", "unu tro"))

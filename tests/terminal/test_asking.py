"""Yes or no, asked in the reader's language: French answers do, English ones do in each."""

from __future__ import annotations

import pytest
import typer
from typer.testing import CliRunner

from dojo.terminal.asking import says_yes


def answer(typed: str, *, default: bool = False) -> tuple[list[bool], str]:
    """Return what was answered, and what was asked."""
    found: list[bool] = []
    app = typer.Typer()

    @app.command()
    def asks() -> None:
        found.append(says_yes("Replace it?", default=default))

    done = CliRunner().invoke(app, input=typed)
    return found, done.stderr


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("y\n", True),
        ("YES\n", True),
        (" o\n", True),
        ("Oui\n", True),
        ("n\n", False),
        ("non\n", False),
        ("no\n", False),
        ("\n", False),
        ("what\no\n", True),
    ],
)
def test_french_and_english_answers_do(
    monkeypatch: pytest.MonkeyPatch, typed: str, expected: bool
) -> None:
    monkeypatch.setenv("DOJO_LANG", "fr")
    found, asked = answer(typed)
    assert found == [expected]
    assert asked.count("Replace it? [o/N]:") == typed.count("\n")


def test_enter_is_the_default_and_an_end_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOJO_LANG", "en")
    found, asked = answer("\n", default=True)
    assert (found, asked.strip()) == ([True], "Replace it? [Y/n]:")
    assert answer("oui\ny\n")[0] == [True]
    assert answer("oui\n")[0] == []

"""Ask somebody at the terminal yes or no, in their language; English answers do in each."""

from __future__ import annotations

import textwrap

import typer

from dojo.language.words import WordTable
from dojo.terminal.screen import Screen

# The answers: a word, of which the first letter does.
ANSWERS = WordTable("answers", {"yes": "yes", "no": "no"})


def says_yes(question: str, *, default: bool = False) -> bool:
    """Ask until the answer is one; Enter alone is the default.

    Args:
        question: In English; it is asked in the reader's language, on standard error.
        default: What Enter means; it is shown as a capital.

    Raises:
        typer.Abort: There is no answer, or they have pressed Ctrl-C.
    """
    screen = Screen()
    answers = ANSWERS[screen.language]
    yes, no = (answers[name][0] for name in ("yes", "no"))
    choice = f"[{yes.upper()}/{no}]" if default else f"[{yes}/{no.upper()}]"
    known = {"": default}
    for is_yes, name in ((False, "no"), (True, "yes")):
        words = (name, answers[name])
        known |= {said: is_yes for word in words for said in (word, word[0])}
    asked = textwrap.fill(f"{screen.words(question)} {choice}", screen.width - len(": "))
    while True:
        said = typer.prompt(asked, default="", show_default=False, err=True)
        if (answer := known.get(said.strip().casefold())) is not None:
            return answer

"""What the companion itself says; what tests say is in `dojo.language`."""

from __future__ import annotations

from dojo.catalog.kata import Language
from dojo.language.words import WordTable

_TABLE = WordTable(
    "companion",
    {
        "keys": "h hint  r run  m more  l list  n next  b back  e edit  o page  p replay  q quit",
        "keys of list": "up down move  / search  enter go on here  x reset  l back  q quit",
        "kata of": "kata {} of {}",
        "solved of": "{} of {} tasks solved",
        "green of": "{} of {} tests are green.",
        "running": "Running the tests ... {}",
        "starting": "Starting the engines: about five seconds, once ...",
        "again": "The tests run again as soon as this run has ended.",
        "waits for other": "The other kata's run ends first.",
        "solved": "Solved! What it teaches is in {}; n goes on.",
        "last solved": "Solved! What it teaches is in {}; this was the last kata.",
        "no verdict": "No verdict: {}; r tries again, or: dojo doctor",
        "first kata": "This is the first kata.",
        "last kata": "This is the last kata.",
        "task": "Task {}",
        "other tests": "Other tests",
        "red": "{} of {} tests are red",
        "green": "{} green",
        "not begun": "not begun",
        "not run": "not run yet",
        "more red": "{} more red: m shows the next",
        "hint": "Hint {} of 3, task {}",
        "alike": "Before the hints: your task {} behaves as in a mistake that is known.",
        "next hint": "(h: the next hint)",
        "not ours": "Not your code's fault: 'dojo doctor' looks for the cause.",
        "below": "... {} more lines (down)",
        "broken": "{}; the tests run when it is mended",
        "stay": "The tests run when you stay.",
        "search": "search: {}_",
        "nothing found": "No kata has that in its name.",
        "reset?": "Put {} back to its stub? Your file is kept as a backup. y yes, n no",
        "reset done": "Put back: {}. Undo: dojo reset --restore {}",
        "nothing to reset": "There is nothing to put back: {} is the stub.",
        "not reset": "Nothing was put back.",
        "opened": "Opened: {}",
        "unsolved": "unsolved",
        "solved word": "solved",
        "changed": "changed since solved",
        "seen": "solution seen",
        "replays": "Asking the engine what it did: some seconds ...",
        "ending": "Ending ...",
        "go on": "Next: 'dojo' goes on where you were.",
    },
)


class Words:
    """Says things in one language."""

    def __init__(self, language: Language) -> None:
        """Choose the language."""
        self.language = language
        self._said = _TABLE[language]

    def __call__(self, name: str, *values: object) -> str:
        """Return what is called `name`, with its values."""
        return self._said[name].format(*values)


def names_of(language: Language) -> set[str]:
    """Return what can be said in a language."""
    return set(_TABLE[language])

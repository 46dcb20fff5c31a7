"""The list of katas to move in: search it, go on at one, put one back to its stub."""

from __future__ import annotations

from rich.text import Text

from dojo.catalog.kata import Kata
from dojo.catalog.progress import solved_tasks, standing
from dojo.place import resets
from dojo.place.state import PlaceError
from dojo.terminal.companion.words import Words
from dojo.terminal.screen import Screen, shown

_STEPS = {
    **{"up": -1, "k": -1, "down": 1, "j": 1},
    **{"page up": -10, "page down": 10, "home": -99, "end": 99},
}


class Listing:
    """Which katas are listed, on which one the cursor is, and what is asked about it.

    Attributes:
        query: What their names must have in them.
        is_searching: Whether keys are letters of the query.
        is_asking: Whether it was asked if the kata is to be put back to its stub.
        is_closed: Whether nobody looks at it any more.
        notice: What the last key did.
    """

    def __init__(self, katas: list[Kata], at: Kata, words: Words) -> None:
        """List all; the cursor is on one of them."""
        self._katas = katas
        self._words = words
        self._at = at.id
        self.query = ""
        self.is_searching = False
        self.is_asking = False
        self.is_closed = False
        self.notice = ""
        self._notes = {kata.id: self._note_of(kata) for kata in katas}

    @property
    def found(self) -> list[Kata]:
        """Return the katas whose number, name, title, track or mark has all words of the query."""
        wanted = self.query.casefold().split()
        return [
            kata for kata in self._katas if all(word in self._searched(kata) for word in wanted)
        ]

    @property
    def kata(self) -> Kata | None:
        """Return the kata that the cursor is on; None if none is found."""
        found = self.found
        return next((kata for kata in found if kata.id == self._at), found[0] if found else None)

    def press(self, key: str) -> Kata | None:
        """Do what a key asks for; return the kata to go on at, if one was chosen."""
        self.notice = ""
        kata, key = self.kata, key if self.is_searching else key.lower()
        if self.is_searching:
            self._type(key)
        elif self.is_asking:
            self.is_asking = False
            self._reset(kata, key in ("y", "o"))
        elif key in _STEPS:
            self._move(_STEPS[key])
        elif key == "/":
            self.is_searching, self.query = True, ""
        elif key == "enter":
            return kata
        elif key == "x" and kata is not None:
            self.is_asking = True
            self.notice = self._words("reset?", shown(kata.stub_file))
        elif key in ("l", "escape"):
            self.is_closed = True
        return None

    def _move(self, step: int) -> None:
        """Move the cursor, as far as there are katas."""
        found = self.found
        if found and self.kata is not None:
            place = min(max(found.index(self.kata) + step, 0), len(found) - 1)
            self._at = found[place].id

    def _type(self, key: str) -> None:
        """Take a key of a search; Enter ends it, and the arrows move in what it has found."""
        if key == "backspace":
            self.query = self.query[:-1]
        elif key in ("enter", "escape", "tab"):
            self.is_searching = False
            self.query = "" if key == "escape" else self.query
        elif key in ("up", "down"):
            self._move(_STEPS[key])
        elif len(key) == 1:
            self.query += key

    def _reset(self, kata: Kata | None, is_wanted: bool) -> None:
        if kata is None or not is_wanted:
            self.notice = self._words("not reset")
            return
        file = shown(kata.stub_file)
        try:
            plan = resets.whole(kata)
            has_changed = plan.changes
            kept = resets.carry_out(plan)
        except (PlaceError, OSError) as error:
            self.notice = str(error)
            return
        self._notes[kata.id] = self._note_of(kata)
        name = "reset done" if has_changed else "nothing to reset"
        self.notice = self._words(name, file, kept.name if kept is not None else "")

    def lines(self, screen: Screen) -> list[Text]:
        """Return a line a kata: cursor, mark, id, title, what is known of it."""
        found = self.found
        if not found:
            return [Text(self._words("nothing found"))]
        at = self.kata
        wide = max(len(kata.id) for kata in found)
        told = []
        for kata in found:
            solved, note = self._notes[kata.id]
            is_here = at is not None and kata.id == at.id
            line = Text.assemble(
                ("> " if is_here else "  "),
                screen.mark(solved or None),
                " ",
                (kata.id.ljust(wide), "bold"),
                "  ",
                f"{kata.track:<8}",
                (note, "dim"),
                f"  {kata.title.get(self._words.language)}",
            )
            line.stylize("reverse" if is_here else "")
            told.append(line)
        return told

    def place(self) -> int:
        """Return in which line of `lines` the cursor is."""
        return self.found.index(self.kata) if self.kata is not None else 0

    def _note_of(self, kata: Kata) -> tuple[bool, str]:
        known = standing(kata)
        done = f"{len(solved_tasks(kata) or [])}/{len(kata.tasks)}"
        names = ["changed"] * known.changed + ["solved word"] * known.solved
        names = names or ["unsolved"]
        words = [self._words(name) for name in [*names, *["seen"] * known.seen]]
        return known.solved, f"{done:>5} {', '.join(words)}"

    def _searched(self, kata: Kata) -> str:
        title, language = kata.title, self._words.language
        note = self._notes[kata.id][1]
        return f"{kata.id} {kata.track} {title.en} {title.get(language)} {note}".casefold()

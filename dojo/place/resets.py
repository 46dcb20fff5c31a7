"""Put the file of a kata back to its stub, whole or a task's functions; or back to a backup.

Each first keeps what is there, then writes: whatever ends the process in between, nothing is lost.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from pathlib import Path

from dojo.catalog.handed_out import known_stub
from dojo.catalog.kata import Kata
from dojo.ground.files import remove_halves, write_whole
from dojo.place import backups
from dojo.place.backups import Backup
from dojo.place.pieces import Source, Unreadable
from dojo.place.state import PlaceError, alone


@dataclass(frozen=True)
class Reset:
    """What a file is to become.

    Attributes:
        kata: Whose file.
        content: What will be in it.
        names: The functions that are put back; empty if all is.
        remarks: What the learner should know, a line each.
    """

    kata: Kata
    content: bytes
    names: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def changes(self) -> bool:
        """Say whether the file is another than it will be."""
        path = self.kata.stub_file
        return not path.is_file() or path.read_bytes() != self.content


def whole(kata: Kata) -> Reset:
    """Return what puts the whole stub back.

    Raises:
        PlaceError: Nothing says what the stub was.
    """
    return Reset(kata, _stub(kata))


def of_task(kata: Kata, number: int) -> Reset:
    """Return what puts the functions of a task back, and leaves the rest as it is.

    Raises:
        PlaceError: There is no such task, or the file cannot be taken apart.
    """
    last = len(kata.tasks)
    if not 1 <= number <= last:
        it_has = "only task 1" if last == 1 else f"tasks 1 to {last}"
        raise PlaceError(f"{kata.id!r} has no task {number}, it has {it_has}")
    stub = Source(_stub(kata), kata.stub_file.name)
    names = [piece.name for piece in stub.pieces_of_task(number)]
    if not names:
        raise PlaceError(f"no function of {kata.id!r} says that it is of task {number}")
    remarks = []
    try:
        content = kata.stub_file.read_bytes() if kata.stub_file.exists() else b""
        mine = Source(content, kata.stub_file.name)
        for name in names:
            others = sorted(stub.tasks_of(stub.pieces[name]) - {number})
            if others:
                remarks.append(f"{name} is also of {_told('task', others)}")
            if mine.content.strip() and name not in mine.pieces:
                remarks.append(f"{name} was no longer at the top of your file: it is at its end")
            mine = Source(mine.with_piece_of(stub, name), kata.stub_file.name)
        missing = {one for name in names for one in mine.missing_for(name)}
    except Unreadable as error:
        whole_file = f"'dojo reset {kata.called}' puts the whole file back"
        raise PlaceError(f"{error}; mend that, or {whole_file}") from None
    if missing:
        remarks.append(f"your file no longer has what the stub uses: {', '.join(sorted(missing))}")
    return Reset(kata, mine.content, names, remarks)


def backup_called(root: Path, katas: list[Kata], name: str) -> Reset:
    """Return what puts a backup back.

    Raises:
        PlaceError: There is none of that name, or its kata is gone.
    """
    every = backups.found(root)
    backup = next((one for one in every if one.name == name), None)
    if backup is None:
        near = difflib.get_close_matches(name, [one.name for one in every], n=1)
        listed = "'dojo reset --list' names them all"
        if near:
            listed = f"did you mean {near[0]!r}? {listed}"
        raise PlaceError(f"there is no backup {name!r}; {listed}")
    kata = next((kata for kata in katas if kata.name == backup.kata), None)
    if kata is None or backup.path.suffix != kata.stub_file.suffix:
        raise PlaceError(f"{name!r} is no file of a kata here: it lies at {str(backup.path)!r}")
    return Reset(kata, backup.path.read_bytes())


def carry_out(reset: Reset) -> Backup | None:
    """Keep what is there, then write.

    Returns:
        The backup of what was there; None if there was nothing, or nothing to change.

    Raises:
        OSError: It cannot be kept or written; the file is as it was.
        PlaceError: Another command is at work here.
    """
    kata = reset.kata
    with alone(kata.root):
        remove_halves(kata.folder, kata.stub_file.name)
        if not reset.changes:
            return None
        kept = backups.keep(kata.root, kata.name, kata.stub_file)
        write_whole(kata.stub_file, reset.content)
    return kept


def _stub(kata: Kata) -> bytes:
    stub = known_stub(kata.stub_file)
    if stub is None:
        raise PlaceError(
            f"nothing here knows the stub of {kata.id!r}: this folder is no workspace and no clone;"
            " 'dojo init my-katas' makes one"
        )
    return stub


def _told(word: str, numbers: list[int]) -> str:
    said = ", ".join(map(str, numbers))
    return f"{word}{'s' if len(numbers) > 1 else ''} {said}"

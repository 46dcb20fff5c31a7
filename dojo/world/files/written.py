"""Files in a test's folder, and what becomes of them when the disk fails under a call."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from dojo.world.files import disk, killed
from dojo.world.files.disk import Call, Ended


class Files:
    """The files of one test: seen, put back, and checked to be written whole or not at all."""

    def __init__(self, folder: Path, *ours: Path) -> None:
        """Begin.

        Args:
            folder: All that a call writes is in here.
            ours: Files that are not looked at.
        """
        self.folder = folder
        self._ours = ours

    def files(self) -> dict[str, bytes]:
        """Return the files that are there, hidden ones too, with their content."""
        found = sorted(path for path in self.folder.rglob("*") if path.is_file())
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for path in found
            if path not in self._ours
        }

    def put_back(self, files: dict[str, bytes]) -> None:
        """Have these files and no others, but for those that are not looked at."""
        for name in self.files().keys() - files.keys():
            (self.folder / name).unlink()
        for name, content in files.items():
            (self.folder / name).write_bytes(content)

    def read(self, path: str) -> str:
        """Read a file as it is; nothing if it is not there."""
        return Path(path).read_bytes().decode(errors="replace") if os.path.exists(path) else ""

    def without_folder(self, text: object) -> str:
        """Write what has the name of the test's folder in it without that, on one line."""
        real, name = os.path.realpath(self.folder), str(self.folder)
        return " ".join(str(text).replace(real, "...").replace(name, "...").split())

    def on_a_full_disk(self, call: Call, *, is_killed: bool) -> Ended:
        """Make a call on a full disk; see `disk.on_a_full_disk`."""
        return disk.on_a_full_disk(call, self.folder, is_killed=is_killed)

    def that_cannot_remove(self, call: Call) -> Ended:
        """Make a call that may not remove a single file."""
        return disk.refusing(call, self.folder, disk.REMOVE)

    def that_cannot_remove_folders(self, call: Call) -> Ended:
        """Make a call that may remove files, but no folder."""
        return disk.refusing(call, self.folder, disk.RMDIR)

    def that_cannot_list(self, call: Call, folder: Path) -> Ended:
        """Make a call that may not see what lies in a folder's folders; in itself it may."""
        return disk.refusing(call, folder, disk.LIST)

    def overtaken(self, call: Call, other: Call, path: Path, *, apart: bool) -> tuple[Ended, Ended]:
        """Make a call, and another one before the first puts its file in place."""
        return disk.overtaken(call, other, self.folder, str(path), apart=apart)

    def killed_while_writing(self, said: str, again: Call, path: str, new: str = "") -> None:
        """Check that a call leaves the old file or the new one, whenever it is killed.

        Args:
            said: What is called.
            again: Calls it.
            path: What it writes, already there.
            new: What it writes there; nothing for what is there already.

        Raises:
            AssertionError: It leaves something else.
        """
        before, files, where = self.read(path), self.files(), self.without_folder(path)
        ended = self.on_a_full_disk(again, is_killed=True)
        self._nothing_strays(f"{said} was called, and {ended} while it wrote", ended)
        after = self.read(path)
        assert after == before, _told(
            f"{said} was called where {len(before):,} bytes were, and {ended} while it wrote. Now"
            f" {len(after):,} bytes are at {where}.",
            "Expected: all of what was there, until the new file is complete and takes its place.",
            "In production: a worker is preempted, and half a table is a table like any other: half"
            " of the customers are scored, or called, and everything is green.",
        )
        self.put_back(files)
        self.killed_at_each_move(said, again, path, new)

    def killed_at_each_move(self, said: str, again: Call, path: str, new: str = "") -> None:
        """Check that a call leaves the old file or the new one, killed as it puts it in place.

        What is written is still in the process where it is short: of that no full disk tells.

        Args:
            said: What is called.
            again: Calls it.
            path: What it writes, already there.
            new: What it writes there; nothing for what is there already.

        Raises:
            AssertionError: It leaves something else.
        """
        before, files, where = self.read(path), self.files(), self.without_folder(path)
        usual = _mode_of(path)
        for step in killed.killed_before_each_move(again, self.folder):
            after = self.read(path)
            assert after in (before, new or before), _told(
                f"{said} was called again, and killed before it did this: {step}. Now"
                f" {len(after):,} bytes are at {where}; there were {len(before):,}.",
                "Expected: at each moment all of the old file or all of the new one: write the"
                " part, then put it in place by one os.replace.",
                "In production: whoever reads in that moment, or for ever after a kill, finds no"
                " file or a part of one.",
            )
            mode = _mode_of(path)
            assert not usual & ~mode & 0o044, _told(
                f"{said} was called again, and killed before it did this: {step}. Now {where} has"
                f" the mode {mode:04o}; it had {usual:04o}.",
                "Expected: a file that others can read at each moment: give the part its mode, then"
                " put it in place.",
                "In production: a worker is preempted between the two. The list is there, and who"
                " is to read it, another user, is refused.",
            )
            Path(path).write_bytes(before.encode())
            os.chmod(path, usual)
            self.put_back(files)

    def full_disk_is_an_error(self, said: str, again: Call, path: str = "") -> None:
        """Check that a call raises on a full disk, and leaves no file that was not there.

        Args:
            said: What is called.
            again: Calls it.
            path: What it writes, if it is there already: also when it cannot be replaced.

        Raises:
            AssertionError: It does not raise, or leaves or damages a file.
        """
        old, before = self.read(path), self.files()
        ended = self.on_a_full_disk(again, is_killed=False)
        self._nothing_strays(f"{said} was called on a full disk, and {ended}", ended)
        full = f"on a disk that was full after {disk.FULL_AFTER_BYTES:,} bytes"
        how = f"{said} {self.without_folder(ended)}"
        assert ended.how == disk.RAISED, _told(
            f"{how}, {full}.",
            "Expected: an exception, so that the engine tries again and somebody is told.",
            "In production: the run is green, and its table is a part of the table.",
        )
        self._nothing_new(f"{how}, {full}", before, path, old)
        ended = disk.refusing(again, self.folder, disk.RENAME, error=MemoryError)
        how = f"{said} {self.without_folder(ended)}"
        self._nothing_new(f"{how}, where os.replace met an error", before, path, old)
        if not path:
            return
        ended = disk.refusing(again, self.folder, disk.RENAME, path)
        assert disk.Step(disk.OPEN, os.path.realpath(path)) not in ended.steps, _told(
            f"{said} could not put its file in place (os.replace raised PermissionError). Then it"
            f" opened {self.without_folder(path)} itself, to write.",
            "Expected: the exception, and the old file as it was: what cannot be done in one step"
            " is not done.",
            "In production: killed in the middle of the copy, or read in that moment, the file is"
            " half of itself.",
        )
        how = f"{said} {self.without_folder(ended)}"
        self._nothing_new(f"{how}, when os.replace was refused", before, path, old)

    def _nothing_strays(self, what: str, ended: Ended) -> None:
        """Check that a call which has ended left no file out of the test's folder."""
        strays = [self.without_folder(path) for path in ended.strays]
        for path in ended.strays:
            Path(path).unlink(missing_ok=True)
        assert not strays, _told(
            f"{what}. Now this file is there, which was not: {strays[0]}.",
            "Expected: nothing but in the folder of the run, or beside the file that it writes.",
            "In production: nobody knows of it and nobody removes it. Each worker that is"
            " preempted leaves one more, with customers in it, until disk or memory are full.",
        )

    def _nothing_new(self, what: str, before: dict[str, bytes], path: str, old: str) -> None:
        """Check that no file was added, and none damaged."""
        now = self.files()
        added = sorted(set(now) - set(before))
        lost = [name for name in before if now.get(name) != before[name]]
        lost += [self.without_folder(path)] * (self.read(path) != old)
        damage = [*added, *lost]
        assert not damage, _told(
            f"{what}. It left {added or 'no new file'}, and"
            f" {f'damaged {sorted(lost)}' if lost else 'what was there is whole'}.",
            "Expected: nothing new, and what was there before as it was.",
            "In production: three tries leave three parts on a disk that is full already; or the"
            " next task finds half a table and takes it for the whole.",
        )


def _mode_of(path: str) -> int:
    """Say who may do what with a file; nobody anything if it is not there."""
    return stat.S_IMODE(os.stat(path).st_mode) if os.path.exists(path) else 0


def _told(*lines: str) -> str:
    return "\n".join(lines)

"""Check that a file is written whole or not at all, and say it to somebody who is stuck."""

from __future__ import annotations

import os
import textwrap
from pathlib import Path

from dojo.world.files import disk
from dojo.world.files.disk import Call
from dojo.world.files.nights import Nights


def told(*lines: str) -> str:
    """Write a message for somebody who is stuck, one thought a line."""
    return "\n".join(textwrap.fill(line, 98, break_on_hyphens=False) for line in lines)


def shorten(text: str) -> str:
    """Write a text on one line; of a long one the beginning and the end, which says what to do."""
    line = " ".join(text.split())
    return line if len(line) <= 260 else f"{line[:100]} [...] {line[-150:]}"


def shown(world: Nights, value: object) -> str:
    """Write a value short, without the name of the test's folder."""
    return shorten(repr(value).replace(str(world.folder), "..."))


def read(path: str) -> str:
    """Read a file as it is; nothing if it is not there."""
    return Path(path).read_bytes().decode(errors="replace") if os.path.exists(path) else ""


def killed_while_writing(world: Nights, call: str, again: Call, path: str, new: str = "") -> None:
    """Check that a call leaves the old file or the new one, whenever it is killed.

    Args:
        world: The folders.
        call: What is called.
        again: Calls it.
        path: What it writes, already there.
        new: What it writes there; nothing for what is there already.
    """
    before, files = read(path), world.files()
    ended = disk.on_a_full_disk(again, world.folder, is_killed=True)
    after = read(path)
    assert after == before, told(
        f"{call} was called where {len(before):,} bytes were, and {ended} while it wrote. Now"
        f" {len(after):,} bytes are at {shown(world, path)}.",
        "Expected: all of what was there, until the new file is complete and takes its place.",
        "In production: a worker is preempted, and half a table is a table like any other: half of"
        " the customers are scored, or called, and everything is green.",
    )
    world.put_back(files)
    for step in disk.killed_before_each_move(again, world.folder):
        after = read(path)
        assert after in (before, new or before), told(
            f"{call} was called again, and killed before it did this: {step}. Now {len(after):,}"
            f" bytes are at {shown(world, path)}; there were {len(before):,}.",
            "Expected: at each moment all of the old file or all of the new one: write the part,"
            " then put it in place by one os.replace.",
            "In production: whoever reads in that moment, or for ever after a kill, finds no file"
            " or a part of one.",
        )
        Path(path).write_bytes(before.encode())
        world.put_back(files)


def full_disk_is_an_error(world: Nights, call: str, again: Call, path: str = "") -> None:
    """Check that a call raises on a full disk, and leaves no file that was not there.

    Args:
        world: The folders.
        call: What is called.
        again: Calls it.
        path: What it writes, if it is there already: also when it cannot be replaced.
    """
    old, before = read(path), world.files()
    ended = disk.on_a_full_disk(again, world.folder, is_killed=False)
    assert ended.how == disk.RAISED, told(
        f"{call} {ended}, on a disk that was full after {disk.FULL_AFTER_BYTES:,} bytes.",
        "Expected: an exception, so that the engine tries again and somebody is told.",
        "In production: the run is green, and its table is a part of the table.",
    )
    _nothing_new(world, f"{call} {ended}, on a full disk", before, path, old)
    if path:
        ended = disk.refusing(again, world.folder, disk.RENAME, path)
        copied = disk.Step(disk.OPEN, os.path.realpath(path)) in ended.steps
        assert not copied, told(
            f"{call} could not put its file in place (os.replace raised PermissionError). Then it"
            f" opened {shown(world, path)} itself, to write.",
            "Expected: the exception, and the old file as it was: what cannot be done in one step"
            " is not done.",
            "In production: killed in the middle of the copy, or read in that moment, the file is"
            " half of itself.",
        )
        _nothing_new(world, f"{call} {ended}, when os.replace was refused", before, path, old)


def _nothing_new(world: Nights, what: str, before: dict[str, bytes], path: str, old: str) -> None:
    """Check that no file was added, and none damaged."""
    now = world.files()
    added = sorted(set(now) - set(before))
    lost = [name for name in before if now.get(name) != before[name]]
    lost += [shown(world, path)] * (read(path) != old)
    damage = [*added, *lost]
    assert not damage, told(
        f"{what}. It left {added or 'no new file'}, and"
        f" {f'damaged {sorted(lost)}' if lost else 'what was there is whole'}.",
        "Expected: nothing new, and what was there before as it was.",
        "In production: three tries leave three parts on a disk that is full already; or the next"
        " task finds half a table and takes it for the whole.",
    )

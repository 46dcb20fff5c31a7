"""What the examination of 01_records has run inside: the folder, before and after."""

from __future__ import annotations

from pathlib import Path


def prepare(folder: Path, files: dict[str, str]) -> None:
    """Make the folder of records, with files of others in it."""
    (folder / "store").mkdir()
    for name, text in files.items():
        (folder / "store" / name).write_text(text, encoding="utf-8")


def look(folder: Path) -> dict[str, str]:
    """Return what is in each file, by its name."""
    files = [path for path in (folder / "store").rglob("*") if path.is_file()]
    return {path.name: path.read_text("utf-8", errors="replace") for path in files}

"""Publish records as files of JSON, for readers who come at any moment."""

from __future__ import annotations

from typing import Any


def publish(folder: str, records: dict[str, dict[str, Any]]) -> int:
    """Write each record to a file of JSON, in UTF-8: all of them, or none.

    Args:
        folder: Exists. It may have records of earlier calls, and files of others.
        records: By their names; the file is called NAME.json.

    Returns:
        How many files are new, or have other content than before.

    Raises:
        ValueError: A record has a number that JSON lacks; then nothing was changed.
        TypeError: A record has a value that JSON lacks; then nothing was changed.
    """
    raise NotImplementedError  # TODO(kata): task 1


def remove(folder: str, keep: list[str]) -> list[str]:
    """Remove the records that are not kept; other files stay.

    Args:
        folder: Exists.
        keep: The names of the records that stay.

    Returns:
        The names of the records that were removed, sorted.
    """
    raise NotImplementedError  # TODO(kata): task 2

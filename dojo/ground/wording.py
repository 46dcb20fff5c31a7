"""Word what people read: nothing here knows what it is about."""

from __future__ import annotations


def shorten(text: str, most: int) -> str:
    """Return a text, a long one without its middle: the end of a message says what to do.

    Args:
        text: Perhaps a library's, of any length.
        most: About how many characters to keep.

    Returns:
        The text, or a third of that from its beginning and two from its end.
    """
    if len(text) <= most:
        return text
    head = most // 3
    return f"{text[:head]} [...] {text[head - most :]}"

"""Sign results so that a forged one is told from the grader's own: HMAC-SHA-256 over the record."""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path

from dojo.grading.results import Result, Results

_FEWEST_KEY_BYTES = 16


class KeyRefused(Exception):
    """The key cannot be used; the message says how to make one."""


def read_key(path: Path) -> bytes:
    """Read a key file.

    Raises:
        KeyRefused: It cannot be read, or is too short to be secret.
    """
    try:
        key = path.read_bytes().strip()
    except OSError as error:
        raise KeyRefused(f"the key {str(path)!r} cannot be read: {error.strerror}") from None
    if len(key) < _FEWEST_KEY_BYTES:
        raise KeyRefused(
            f"the key {str(path)!r} is shorter than {_FEWEST_KEY_BYTES} bytes:"
            " 'openssl rand -hex 32' makes one"
        )
    return key


def sign(result: Result, key: bytes) -> Result:
    """Return the result with its signature."""
    return result.model_copy(update={"signature": _signature(result, key)})


def is_signed(result: Result, key: bytes) -> bool:
    """Say whether the signature is ours and nothing was changed since."""
    return hmac.compare_digest(result.signature.encode(), _signature(result, key).encode())


def unsigned(results: Results, key: bytes) -> list[Result]:
    """Return the results whose signature does not hold."""
    return [one for one in results.results if not is_signed(one, key)]


def _signature(result: Result, key: bytes) -> str:
    record = result.model_copy(update={"signature": ""}).model_dump(mode="json")
    text = json.dumps(record, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return "hmac-sha256:" + hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

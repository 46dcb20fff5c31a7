"""Draw what the customer API says when it has no customers to give."""

from __future__ import annotations

import dataclasses
import itertools
import json
import random
from collections.abc import Callable

from dojo.world.draw import qualities as q

# RFC 9110 and what proxies add: a caller may meet any of them.
HEALS = (408, 425, 429, 500, 502, 503, 504)
HOPELESS = (400, 401, 403, 404, 405, 406, 409, 410, 413, 414, 422, 451)
_JSON = "application/json"
_ROW = {"customer_id": 7, "tenure_months": 12, "churned": 0}

Streams = Callable[[str], random.Random]


@dataclasses.dataclass(frozen=True)
class Reply:
    """One answer of the API.

    Attributes:
        quality: What it has that a tidy error lacks: a name of `qualities`; empty: nothing.
        status: The HTTP status.
        body: The body as text.
        headers: Its headers.
        reason: What stands beside the status; None: what always does.
    """

    quality: str
    status: int
    body: str
    headers: dict[str, str]
    reason: str | None = None


def _bodies() -> dict[str, tuple[str, str]]:
    """Return body and content type of each kind."""
    return {
        q.OTHER_WORDS: (json.dumps({"detail": "under maintenance"}), _JSON),
        q.LIST_BODY: (json.dumps([]), _JSON),
        q.EMPTY_BODY: ("", "text/plain"),
        q.HTML_BODY: ("<html><body><h1>Gateway</h1></body></html>", "text/html"),
        q.CUT_BODY: (json.dumps([_ROW, _ROW])[:-20], _JSON),
        q.CUSTOMERS_BODY: (json.dumps([_ROW]), _JSON),
        q.NULL_BODY: ("null", _JSON),
    }


TIDY = json.dumps({"error": "busy"})
_ASK_FOR_TIME = (429, 503)


def draw_errors(streams: Streams, on: frozenset[str], statuses: tuple[int, ...]) -> list[Reply]:
    """Draw answers of 400 or more, one of each kind; a tidy one where a kind is off.

    Args:
        streams: Gives a quality its own random numbers.
        on: The qualities.
        statuses: Which statuses there may be.

    Returns:
        The answers, in a drawn order.
    """
    tame = [status for status in statuses if status in (500, 503)] or list(statuses)[:1]
    turns = list(statuses if q.ODD_STATUS in on else tame)  # each comes, not only a few by chance
    streams("order of statuses").shuffle(turns)
    found = []
    for (quality, (body, kind)), status in zip(
        _bodies().items(), itertools.cycle(turns), strict=False
    ):
        rng = streams(quality)
        kept = quality if quality in on else ""
        headers = {"Content-Type": kind if kept else _JSON}
        long = (59, 61, 301, 3600)
        asked = long if status in _ASK_FOR_TIME else (0, 1, *long)
        seconds = streams(f"{quality} {q.RETRY_AFTER}").choice(asked)
        if q.RETRY_AFTER in on:
            # A header's name has no case; HTTP/2 writes it small.
            named = streams(f"{quality} header").choice(("Retry-After", "retry-after"))
            headers[named] = str(seconds)
        if q.COOKIE in on:
            headers["Set-Cookie"] = f"node=worker-{rng.randrange(100)}; Path=/"
        found.append(Reply(kept, status, body if kept else TIDY, headers))
    streams("order of answers").shuffle(found)
    return found


def draw_not_customers(streams: Streams, on: frozenset[str]) -> list[Reply]:
    """Draw answers of the status 200 that are no list of customers, one of each kind."""
    kinds = {kind: body for kind, body in _bodies().items() if kind != q.CUSTOMERS_BODY}
    no_row = streams(q.NO_DICTS).choice(("null", '"quota exceeded"', "[]", "0"))
    kinds[q.NO_DICTS] = (f"[{no_row}]", _JSON)
    found = [
        Reply(kind, 200, body, {"Content-Type": content})
        for kind, (body, content) in kinds.items()
        if kind in on
    ]
    found = found or [Reply("", 200, TIDY, {"Content-Type": _JSON})]
    streams("order of answers").shuffle(found)
    return found


def draw_url(streams: Streams, on: frozenset[str], base: str) -> str:
    """Make an address below another one; with numbers that are statuses elsewhere."""
    rng = streams(q.STATUS_IN_URL)
    numbers = [rng.choice((401, 403, 404)), rng.choice((429, 500, 503))]
    rng.shuffle(numbers)
    url = f"{base}?region={numbers[0]}&page={numbers[1]}"
    url = url if q.STATUS_IN_URL in on else f"{base}?region=fr"
    return f"{url}&segment=new&segment=old" if q.REPEATED in on else url

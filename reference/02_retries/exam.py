"""Examine 02_retries: an API that fails as the draw says, and the waits between its requests."""

from __future__ import annotations

from dojo.exam.outside_api import LOST, Answer, answer
from dojo.exam.stage import Desk, examines

_HEALS = (429, 500, 502, 503, 504)
_HOPELESS = (401, 403, 404)


def _customers(desk: Desk) -> list[dict[str, object]]:
    return [
        {
            "id": desk.rng.randrange(10**6),
            "months": desk.rng.randrange(72),
            "plan": desk.rng.choice("ABC"),
        }
        for _ in range(desk.rng.randint(2, 6))
    ]


def _failures(desk: Desk, count: int) -> list[Answer]:
    drawn = [answer(desk.rng.choice(_HEALS)) for _ in range(count)]
    if desk.rng.random() < 0.5 and count:
        drawn[desk.rng.randrange(count)] = LOST
    return drawn


def _heals(desk: Desk, name: str, failures: list[Answer]) -> None:
    desk.api.will(*failures, answer(200, _customers(desk)))
    desk.note_outcome("returned", desk.call(name, desk.api.url))
    desk.note("requests made", len(desk.api.requests))


def _stays_down(desk: Desk, name: str) -> None:
    status = desk.rng.choice(_HEALS)
    desk.api.will(answer(status))
    outcome = desk.call(name, desk.api.url)
    desk.note_failure("in the end", outcome, str(status))
    desk.note("requests made", len(desk.api.requests))


def _engine_waited(desk: Desk) -> list[float]:
    return [round(delay, 1) for run in desk.engine().task_runs for delay in run["delays_s"]]


@examines(1)
def an_outage_heals(desk: Desk) -> None:
    """Load after one to three failures."""
    _heals(desk, "load_customers", _failures(desk, desk.rng.randint(1, 3)))
    desk.note("seconds between requests", desk.api.gaps_s)
    desk.note("seconds the engine scheduled", _engine_waited(desk))


@examines(1)
def an_outage_lasts(desk: Desk) -> None:
    """Give up after the fourth failure."""
    _stays_down(desk, "load_customers")
    desk.note("seconds between requests", desk.api.gaps_s)


@examines(2)
def backoff_grows(desk: Desk) -> None:
    """Wait 10, 30, 60 s, as far as it comes to it."""
    _heals(desk, "load_with_backoff", _failures(desk, desk.rng.randint(2, 3)))
    desk.note("seconds between requests", desk.api.gaps_s)
    desk.note("seconds the engine scheduled", _engine_waited(desk))


@examines(2)
def backoff_ends(desk: Desk) -> None:
    """Give up after the last wait."""
    _stays_down(desk, "load_with_backoff")
    desk.note("seconds between requests", desk.api.gaps_s)


@examines(3)
def jitter_is_drawn_anew(desk: Desk) -> None:
    """Fail twice for good: the waits lie in their bounds and are not the same."""
    desk.api.will(answer(desk.rng.choice(_HEALS)))
    found = []
    for run in ("first", "second"):
        before = len(desk.api.requests)
        outcome = desk.call("load_with_jitter", desk.api.url)
        gaps = desk.api.gaps_s[before:] if before else desk.api.gaps_s
        found.append([round(gap, 3) for gap in gaps])
        bounds = zip(gaps, (10, 20, 40, 80), strict=False)
        are_within = all(0.49 * b <= gap <= 1.51 * b for gap, b in bounds)
        desk.note_failure(f"{run} run, in the end", outcome)
        desk.note(f"{run} run, requests made", len(desk.api.requests) - before)
        desk.note(f"{run} run, waits in their bounds", are_within)
    desk.note("waits differ from run to run", found[0] != found[1])
    desk.note("some wait is no round figure", any(gap % 1 for gap in found[0]))


@examines(3)
def jitter_heals(desk: Desk) -> None:
    """Load after some failures."""
    _heals(desk, "load_with_jitter", _failures(desk, desk.rng.randint(1, 4)))


@examines(4)
def what_can_heal_is_retried(desk: Desk) -> None:
    """Retry each kind of failure that can heal."""
    _heals(desk, "load_unless_hopeless", [*_failures(desk, 2), answer(429)])
    desk.note("seconds between requests", desk.api.gaps_s)
    desk.note("seconds the engine scheduled", _engine_waited(desk))


@examines(4)
def what_cannot_heal_fails_at_once(desk: Desk) -> None:
    """Ask once, or until the hopeless answer comes."""
    status = desk.rng.choice(_HOPELESS)
    before = _failures(desk, desk.rng.randint(0, 2))
    desk.api.will(*before, answer(status))
    outcome = desk.call("load_unless_hopeless", desk.api.url)
    desk.note_failure("in the end", outcome, str(status))
    desk.note("requests made", len(desk.api.requests))


@examines(5)
def politeness_is_kept(desk: Desk) -> None:
    """Wait as long as each answer asks."""
    asked = [desk.rng.randrange(11, 900) for _ in range(desk.rng.randint(2, 3))]
    busy = [answer(desk.rng.choice((429, 503)), Retry_After=str(wait)) for wait in asked]
    desk.api.will(*busy, answer(200, _customers(desk)))
    desk.note_outcome("returned", desk.call("load_politely", desk.api.url))
    gaps = desk.api.gaps_s
    desk.note("requests made", len(desk.api.requests))
    enough = len(gaps) == len(asked) and all(
        wait <= gap <= wait + 61 for wait, gap in zip(asked, gaps, strict=True)
    )
    desk.note("waited as long as it was asked", enough)


@examines(5)
def politeness_ends(desk: Desk) -> None:
    """Raise the fourth refusal."""
    status = desk.rng.choice((429, 503))
    desk.api.will(answer(status, Retry_After=str(desk.rng.randrange(5, 300))))
    outcome = desk.call("load_politely", desk.api.url)
    desk.note_failure("in the end", outcome, str(status))
    desk.note("requests made", len(desk.api.requests))
    desk.note("seconds waited after the last request", desk.elapsed_s - desk.api.requests[-1].at_s)

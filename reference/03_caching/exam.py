"""Examine 03_caching: count outside what was asked, while the time of day moves."""

from __future__ import annotations

import json
from typing import Any

from dojo.exam.outside_api import answer
from dojo.exam.stage import Desk, Outcome, examines
from dojo.wire.values import Packed, frame

_HOUR_S = 3600


def _usage(desk: Desk, count: int) -> list[dict[str, Any]]:
    return [{"customer_id": number, "calls": desk.rng.randrange(99)} for number in range(count)]


def _customers(desk: Desk) -> list[dict[str, Any]]:
    return [
        {
            "customer_id": number,
            "tenure_months": desk.rng.randrange(72),
            "monthly_charges": desk.rng.randrange(20, 120),
            "support_calls": desk.rng.randrange(9),
            "churned": desk.rng.randrange(2),
        }
        for number in range(desk.rng.randint(30, 60))
    ]


def _column(outcome: Outcome, name: str) -> Any:
    told = outcome.told
    if not isinstance(told, dict) or "frame" not in told:
        return told
    columns = told["frame"]["columns"]
    return told["frame"]["values"][columns.index(name)] if name in columns else columns


def _note_paid(desk: Desk, what: str) -> None:
    desk.note(f"requests made {what}", len(desk.api.requests))


def _note_asked(desk: Desk, what: str, before: int) -> None:
    """Note only whether the API was asked anew: what else is kept is the learner's choice."""
    desk.note(f"asked anew {what}", len(desk.api.requests) > before)


def _some_minutes(desk: Desk) -> int:
    return desk.rng.randint(5, 50) * 60


@examines(1)
def a_rerun_costs_nothing(desk: Desk) -> None:
    """Fail the training, run again within the hour, and once after it."""
    desk.api.will(answer(200, _customers(desk)))
    failed = desk.call("nightly", desk.api.url, 0)
    desk.note("the failed training raised", "ValueError" in failed.kinds)
    desk.advance(_some_minutes(desk))
    depth = desk.rng.randint(1, 4)
    desk.note_outcome("mended", desk.call("nightly", desk.api.url, depth))
    _note_paid(desk, "within the hour")
    desk.api.will(answer(200, _customers(desk)))
    desk.advance(_HOUR_S + 1)
    desk.note_outcome("an hour later", desk.call("nightly", desk.api.url, depth))
    _note_paid(desk, "after the hour")
    desk.call("nightly", f"{desk.api.url}/other", depth)
    _note_paid(desk, "for another address")
    desk.note("the engine used results again", _was_cached(desk))


def _was_cached(desk: Desk) -> bool:
    return any("Cached" in run["states"] for run in desk.engine().task_runs)


def _paid_for_new_content(desk: Desk, name: str, give: Any) -> None:
    """Ask with the same content, with other content, other months, and after an hour."""
    count = desk.rng.randint(3, 9)
    plans = [desk.rng.choice("ABC") for _ in range(count)]
    desk.api.will(answer(200, _usage(desk, count)))
    first = desk.call(name, give(plans), desk.api.url)
    desk.note("the calls", _column(first, "calls"))
    desk.advance(_some_minutes(desk))
    desk.api.will(answer(200, _usage(desk, count)))
    desk.note("the calls again", _column(desk.call(name, give(plans), desk.api.url), "calls"))
    _note_paid(desk, "for the same content")
    plans[desk.rng.randrange(count)] = "another"
    changed = desk.call(name, give(plans), desk.api.url)
    desk.note("the plans when one changed", _column(changed, "plan"))
    before = len(desk.api.requests)
    desk.call(name, give(plans), desk.api.url, months=desk.rng.randint(7, 24))
    _note_asked(desk, "for other months", before)
    before = len(desk.api.requests)
    desk.advance(_HOUR_S + 1)
    desk.api.will(answer(200, _usage(desk, count)))
    desk.note(
        "the calls after an hour", _column(desk.call(name, give(plans), desk.api.url), "calls")
    )
    _note_asked(desk, "after an hour", before)


@examines(2)
def equal_frames_are_paid_once(desk: Desk) -> None:
    """Give frames of equal content, and of other content."""

    def give(plans: list[str]) -> Packed:
        return frame({"customer_id": list(range(len(plans))), "plan": list(plans)})

    _paid_for_new_content(desk, "add_usage", give)


@examines(3)
def a_changed_file_is_read_anew(desk: Desk) -> None:
    """Write the same content again, then other content, behind one path."""

    def give(plans: list[str]) -> str:
        lines = ["customer_id,plan", *(f"{number},{plan}" for number, plan in enumerate(plans))]
        return desk.write("customers.csv", "\n".join(lines) + "\n")

    _paid_for_new_content(desk, "add_usage_to_file", give)


@examines(4)
def a_failure_is_not_kept(desk: Desk) -> None:
    """Fail in a drawn way, then answer well, then ask again."""
    bad = [
        answer(desk.rng.choice((500, 503, 404))),
        answer(200, {"error": "quota exceeded"}),
        answer(200, []),
    ]
    desk.rng.shuffle(bad)
    good = _usage(desk, desk.rng.randint(2, 6))
    for number, one in enumerate(bad):
        desk.api.will(one)
        outcome = desk.call("load_usage", desk.api.url)
        desk.note_failure(f"failure {number}: {json.dumps(one.body)[:40]}", outcome)
    before = len(desk.api.requests)
    desk.api.will(answer(200, good))
    desk.note_outcome("afterwards", desk.call("load_usage", desk.api.url))
    desk.api.will(answer(200, _usage(desk, 3)))
    desk.note_outcome("again", desk.call("load_usage", desk.api.url))
    desk.note("requests made for a good answer, twice", len(desk.api.requests) - before)


@examines(5)
def two_figures_of_equal_arguments(desk: Desk) -> None:
    """Ask both figures, twice, in a drawn order."""
    usage = _usage(desk, desk.rng.randint(5, 9))
    desk.api.will(answer(200, usage))
    names = ["mean_calls", "most_calls"]
    desk.rng.shuffle(names)
    months = desk.rng.randint(1, 12)
    for number_of_call, name in enumerate([*names, *names], start=1):
        outcome = desk.call(name, desk.api.url, months)
        told = outcome.returned
        told = told.get("numpy") if isinstance(told, dict) else told
        number = float(told) if isinstance(told, (int, float)) else outcome.told
        desk.note(f"call {number_of_call}, {name}({months})", number)
    before = len(desk.api.requests)
    desk.note("no figure was paid twice", before <= 2)
    desk.advance(_HOUR_S + 1)
    desk.call(names[0], desk.api.url, months)
    _note_asked(desk, "after an hour", before)

"""Examine 19_scale_out: drawn regions on a real cluster, whose workers die at drawn moments."""

from __future__ import annotations

import itertools
from typing import Any

from dojo.exam.stage import Desk, examines

_NAMES = (
    "Île-de-France",
    "Grand Est",
    "nord",
    "nord.est",
    "Val d'Oise",
    "St. Denis",
    "100%_sud",
    "Zürich",
    "a",
)

_LONG = "ç" * 125 + "a"  # and ".pkl": 255 bytes


def _regions(desk: Desk, count: int) -> list[str]:
    return desk.rng.sample(_NAMES, count)


def _text(desk: Desk) -> str:
    return (
        f"column {desk.rng.randrange(10**6)} is gone\nsince the export of {desk.rng.randrange(99)}"
    )


def _told(desk: Desk, what: str, function: str, *args: Any) -> None:
    """Note what a function of `inside.py` told."""
    desk.note_outcome(what, desk.run_with(function, *args))


@examines(1, rests_on=("answer", "word"))
def names_travel(desk: Desk) -> None:
    """Score two large regions on two workers, with one model and then with another."""
    seeds = [desk.rng.randrange(10**6) for _ in range(2)]
    weights = [desk.rng.uniform(0.1, 1), desk.rng.uniform(1, 2)]
    _told(desk, "on the cluster", "score_on_cluster", _regions(desk, 2), seeds, weights)


@examines(1, rests_on=("answer", "word"))
def as_it_is(desk: Desk) -> None:
    """Score regions of odd names, one of nobody, one as long as a name can be; then fail."""
    _told(desk, "here", "score_here", [*_regions(desk, 4), _LONG], _text(desk))


@examines(2, rests_on=("answer", "word", "record"))
def same_answer(desk: Desk) -> None:
    """Spread two regions that meet: on a cluster, on threads, and on the cluster again."""
    answers = [[str(desk.rng.randrange(99)) for _ in range(2)] for _ in range(3)]
    _told(desk, "in turns", "spread_in_turns", _regions(desk, 2), answers)
    desk.note("flow runs", [run.states[-1:] for run in desk.flow_runs() if not run.parent])


@examines(2, rests_on=("answer", "word"))
def in_order(desk: Desk) -> None:
    """Have regions end in the reverse of the order asked."""
    regions = _regions(desk, 4)
    plans = {one: {"after": then} for one, then in itertools.pairwise(regions)}
    _told(desk, "in order", "spread_here", regions, plans, "")


@examines(3, rests_on=("word",))
def told_as_they_end(desk: Desk) -> None:
    """Hold the first region until the others were told: on threads, then on a cluster."""
    for on_cluster in (False, True):
        where = "on a cluster" if on_cluster else "on threads"
        _told(desk, where, "told_early", _regions(desk, 3), on_cluster)


@examines(3, rests_on=("answer", "word", "record"))
def some_fail_then_all(desk: Desk) -> None:
    """Have three of five fail, then none, then all, then whoever listens."""
    some = _regions(desk, 5)
    low, middle, high = sorted(some[:3])
    bad = [middle, low, high]  # in no order of the alphabet
    regions = [some[3], middle, low, some[4], high]
    for what, failing in (("some", bad), ("none", []), ("all", regions)):
        answers: tuple[Any, ...] = ("", 0, [], None, {}) if what == "some" else ()
        plans = {one: {"answers": nothing} for one, nothing in zip(regions, answers, strict=False)}
        plans |= {region: {"fails": _text(desk)} for region in failing}
        _told(desk, f"{what} fail", "spread_here", regions, plans, "")
    _told(desk, "whoever listens fails", "listener_fails", regions, _text(desk))
    states = [run.states[-1:] for run in desk.flow_runs() if not run.parent]
    desk.note("the last two ended in", states[-2:])


@examines(4, rests_on=("answer", "word"))
def killed_as_it_writes(desk: Desk) -> None:
    """Kill a worker at a drawn byte of the file that it writes; then have two write at once."""
    rows = [desk.rng.randint(100, 200), desk.rng.randint(700, 900)]
    limit = desk.rng.randint(1500, 5000)
    _told(desk, "killed", "killed_as_it_writes", desk.rng.choice(_NAMES), rows, limit)
    _told(desk, "two at once", "two_at_one_region", desk.rng.choice(_NAMES))


@examines(4, rests_on=("word",))
def workers_die(desk: Desk) -> None:
    """Have a region kill its worker; then kill one that is idle, with results in it."""
    _told(desk, "it kills its workers", "kills_its_workers", _regions(desk, 3))
    _told(desk, "what is done", "not_again", _regions(desk, 3))


@examines(5, rests_on=("answer", "word"))
def letters_once(desk: Desk) -> None:
    """Have the post accept a batch, and the worker die before it hears of that."""
    ids = [str(one) for one in desk.rng.sample(range(10**6), 4)] + ["007", "NA"]
    scores = [0.7, 0.99, 0.5, desk.rng.random(), 0.500001, desk.rng.random()]
    night = f"2026-03-{desk.rng.randint(10, 28)}"
    _told(desk, "on the cluster", "letters_on_cluster", _regions(desk, 1)[0], night, scores, ids)


@examines(5, rests_on=("answer", "word"))
def keys_of_batches(desk: Desk) -> None:
    """Ask for batches whose names run into each other, some of them twice, a day apart."""
    day = f"2026-03-{desk.rng.randint(10, 28)}"
    batches = [[day, "nord"]]
    for sign in ("-", *desk.rng.sample("_/ :|.,;#", 2)):
        batches += [[f"{day}{sign}nord", "sud"], [day, f"nord{sign}sud"]]
    batches += [
        [day, "Nord"],
        ["1", "11"],
        ["11", "1"],
        [f"{day}1", "nord"],
        [day, "1nord"],
        [day, "nord"],
        [f"{day}T01:00+01:00", "nord"],
        [day, "Île"],
        [day, "I\u0302le"],
        [f"{day}T01:00+01:00", "nord"],
    ]
    _told(desk, "one key", "keys", batches)
    desk.advance(desk.rng.randint(1, 3) * 86_400)
    _told(desk, "nobody, and a refusal", "no_letters", desk.rng.choice(_NAMES), _text(desk))

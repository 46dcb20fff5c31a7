"""Examine 02_retries: an API that fails as the draw says, and the waits between its requests.

Most of it is nights: three failures of the many that there are, then other customers than ever
before, with nulls, accents and long numbers in them. They follow each other in one process.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import time
from collections.abc import Sequence
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from dojo.exam.outside_api import CUT_OFF, LOST, PAGE, SILENT, Answer, answer, replied
from dojo.exam.stage import Desk, Outcome, examines
from dojo.world.draw import Draw

_HEALS = (429, 500, 502, 503, 504)
_HOPELESS = (401, 403, 404)
_MOST_PATIENT_S = 60.0
_JITTER_S = (10, 20, 40, 80)


def _draw(desk: Desk) -> Draw:
    return Draw(desk.rng.randrange(10**9))


def _customers(desk: Desk) -> Answer:
    """Return the answer of a healthy API: customers as JSON, its letters as they are."""
    rows = list(_draw(desk).customers(desk.rng.randint(3, 6)))
    rows[-1]["customer_id"] = 10**22 + desk.rng.randrange(999)  # more than 64 bits hold
    return Answer(200, json.dumps(rows, ensure_ascii=False))


def _errors(desk: Desk, statuses: Sequence[int] = _HEALS) -> list[Answer]:
    """Draw failing answers, one of each kind of body."""
    return [replied(one) for one in _draw(desk).errors(statuses)]


def _in_threes(answers: list[Answer]) -> list[list[Answer]]:
    return [answers[number : number + 3] for number in range(0, len(answers), 3)]


def _whatever(desk: Desk) -> list[list[Answer]]:
    """Draw nights of what fails without an error's status, and of statuses that are seldom seen."""
    broken, hopeless = [LOST, CUT_OFF, PAGE], [answer(status) for status in _HOPELESS]
    seldom = [answer(status) for status in desk.rng.sample(range(405, 600), 3)]
    for night in (broken, hopeless):
        desk.rng.shuffle(night)
    return [broken, hopeless, seldom]


def _query(path: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(path).query, keep_blank_values=True)


def _asked_s(failure: Answer) -> float:
    named = {name.lower(): value for name, value in failure.headers}
    return float(named.get("retry-after", 10))


class Night:
    """One call, and what the API saw of it."""

    def __init__(
        self, desk: Desk, label: str, name: str, *answers: Answer, url: str = "", **inside: Any
    ) -> None:
        """Script the API, make the call, and note what is asked of every night.

        Args:
            desk: Notes it.
            label: Names the night in the evidence.
            name: The entry point.
            answers: What the API answers; the last one from then on.
            url: Another address than the API's.
            inside: A function of `inside.py` that makes the call, and its arguments in a list.
        """
        self.desk, self.label, self.answers, self.url = desk, label, answers, url or desk.api.url
        before, began_s = len(desk.api.requests), desk.elapsed_s
        desk.api.will(*answers)
        if inside:
            ((function, args),) = inside.items()
            self.outcome: Outcome = desk.run_with(function, *args, name, self.url)
        else:
            self.outcome = desk.call(name, self.url)
        self.waited_s = round(desk.elapsed_s - began_s, 1)
        self.requests = desk.api.requests[before:]
        self._note("asked for", sorted({str(_query(one.path)) for one in self.requests}))
        self._note("echoes of earlier nights", [bool(one.echoed) for one in self.requests[:1]])

    @property
    def gaps_s(self) -> list[float]:
        """Return the seconds between each request and the next."""
        times = [one.at_s for one in self.requests]
        return [round(after - before, 3) for before, after in itertools.pairwise(times)]

    def returned(self) -> Night:
        """Note the customers that it returned."""
        self.desk.note_outcome(f"{self.label}: returned", self.outcome)
        return self

    def raised(self, status: int | None = None) -> Night:
        """Note that it raised, and that its text names the status: not in the address."""
        self.desk.note_failure(f"{self.label}: in the end", self.outcome)
        if status is not None:
            text = self.outcome.text.replace(self.url, "").replace(str(self.desk.api.port), "")
            self._note("names the status", str(status) in text)
        return self

    def waited(self) -> Night:
        """Note each wait between two requests, and what was waited in all."""
        self._note("seconds between requests", self.gaps_s)
        self._note("seconds waited", self.waited_s)
        return self

    def counted(self) -> Night:
        """Note how many requests there were."""
        self._note("requests", len(self.requests))
        return self

    def waited_near(self) -> Night:
        """Note that each wait is near its figure of task 3."""
        pairs = zip(self.gaps_s, _JITTER_S, strict=False)
        self._note("near their figures", [0.49 * s <= gap <= 1.51 * s for gap, s in pairs])
        return self

    def waited_politely(self) -> Night:
        """Note that each wait is at least what was asked, and at most a minute longer."""
        answers = itertools.chain(self.answers, itertools.repeat(self.answers[-1]))
        pairs = zip(self.gaps_s, map(_asked_s, answers), strict=False)
        self._note("waited as asked", [s - 0.01 <= gap <= s + 60.01 for gap, s in pairs])
        return self

    def _note(self, what: str, value: Any) -> None:
        self.desk.note(f"{self.label}: {what}", value)


def _nights(desk: Desk, name: str, nights: list[list[Answer]]) -> list[Night]:
    """Have each night end well, then one that is lost, and one more that ends well."""
    url, found = desk.api.url, []
    for number, failures in enumerate(nights):
        url = _draw(desk).url(desk.api.url)
        night = Night(desk, f"night {number}", name, *failures, _customers(desk), url=url)
        found.append(night.returned().counted())
    # An address that has answered.
    Night(desk, "lost night", name, answer(503), url=url).raised(503).counted()
    last = Night(desk, "night after it", name, *[answer(503)] * 3, _customers(desk), url=url)
    return [*found, last.returned().counted()]


def _engine_waited(desk: Desk) -> None:
    waits = [round(delay_s, 1) for run in desk.engine().task_runs for delay_s in run["delays_s"]]
    desk.note("seconds the engine scheduled", waits)


def _no_answer(desk: Desk, name: str) -> list[Night]:
    """Have the API be silent, and then not there."""
    silent = Night(desk, "silent", name, SILENT, _customers(desk)).returned().counted()
    patient = [one is not None and 0 < one <= _MOST_PATIENT_S for one in desk.api.patience_s]
    desk.note("silent: would not have waited for ever", patient)
    good = _customers(desk)
    return [silent, Night(desk, "away", name, good, unreached=[desk.api.port]).returned().counted()]


@examines(1, rests_on=("outside", "answer", "word"))
def an_outage_heals_or_lasts(desk: Desk) -> None:
    """Load on nights of all kinds."""
    for night in _nights(desk, "load_customers", [*_in_threes(_errors(desk)), *_whatever(desk)]):
        night.waited()
    _engine_waited(desk)


@examines(1, rests_on=("outside", "answer"))
def nobody_answers(desk: Desk) -> None:
    """Load while the API is silent, or not there."""
    for night in _no_answer(desk, "load_customers"):
        night.waited()


@examines(2, rests_on=("outside", "answer", "word"))
def backoff_grows(desk: Desk) -> None:
    """Wait 10, 30, 60 s on nights of all kinds."""
    nights = [*_in_threes(_errors(desk)), *_whatever(desk)]
    for night in _nights(desk, "load_with_backoff", nights):
        night.waited()
    for night in _no_answer(desk, "load_with_backoff"):
        night.waited()
    _engine_waited(desk)


@examines(3, rests_on=("outside", "answer", "word"))
def jitter_is_drawn_anew(desk: Desk) -> None:
    """Wait near the figures on nights of all kinds, and otherwise in each."""
    nights = [one * 2 for one in _in_threes(_errors(desk))]
    nights = [[*one, *_errors(desk)][:4] for one in [*nights, *_whatever(desk)]]
    found = _nights(desk, "load_with_jitter", nights)
    for night in found:
        night.waited_near()
    whole = [night.gaps_s for night in found if len(night.gaps_s) == 4]
    for (one, other), number in zip(itertools.pairwise(whole), itertools.count(), strict=False):
        desk.note(f"night {number + 1} waits otherwise than the one before", one != other)
        factors = [gap_s / wait_s for gap_s, wait_s in zip(other, _JITTER_S, strict=True)]
        desk.note(f"night {number + 1} has other factors", max(factors) - min(factors) > 0.001)
    scheduled = [delay_s for run in desk.engine().task_runs for delay_s in run["delays_s"]]
    gaps_s = [gap_s for night in [*found] for gap_s in night.gaps_s]
    desk.note("the engine scheduled the waits", _all_in(gaps_s, scheduled))
    _near_whatever_luck(desk)


def _all_in(gaps_s: list[float], scheduled: list[float]) -> bool:
    return all(any(abs(gap_s - one) < 0.1 for one in scheduled) for gap_s in gaps_s)


def _near_whatever_luck(desk: Desk) -> None:
    """Have the API be silent or away; and have luck draw the most and the least."""
    name = "load_with_jitter"
    silent, away = _no_answer(desk, name)
    silent.waited_near()
    desk.note("away: it waited twice", 14.7 <= away.waited_s <= 45.3)
    for is_most in (True, False):
        label = "the most" if is_most else "the least"
        Night(desk, label, name, answer(503), in_luck=[is_most]).raised(503).waited_near()


@examines(4, rests_on=("outside", "answer", "word"))
def what_can_heal_is_retried(desk: Desk) -> None:
    """Retry each kind of failure that can heal, and no other."""
    name = "load_unless_hopeless"
    broken = [LOST, CUT_OFF, answer(429)]
    desk.rng.shuffle(broken)
    seldom = [answer(status) for status in desk.rng.sample(range(505, 600), 3)]
    nights = [*_in_threes(_errors(desk)), broken, seldom]
    for night in _nights(desk, name, nights):
        night.waited()
    for status in desk.rng.sample(_HOPELESS, 3):
        hopeless = dataclasses.replace(
            desk.rng.choice(_errors(desk, [status])), headers=(("Retry-After", "5"),)
        )
        url = _draw(desk).url(desk.api.url)
        before = [answer(desk.rng.choice(_HEALS))] * desk.rng.randint(0, 2)
        Night(desk, str(status), name, *before, hopeless, _customers(desk), url=url).raised(
            status
        ).waited()
    for night in _no_answer(desk, name):
        night.waited()
    _engine_waited(desk)
    for status in desk.rng.sample((400, 402, 405, 409, 410, 418, 422, 451), 2):
        Night(desk, str(status), name, answer(status, [{"customer_id": 7}])).raised(status)


@examines(5, rests_on=("outside", "answer"))
def politeness_is_kept(desk: Desk) -> None:
    """Wait as long as each answer asks, also when it asks for nothing, or another night did."""
    name = "load_politely"
    for night in _nights(desk, name, _in_threes(_errors(desk, (429, 503)))):
        night.waited_politely()
    asked = [desk.rng.randrange(0, 9), desk.rng.randrange(400, 7200), None]
    desk.rng.shuffle(asked)
    date = formatdate(time.time() - 200, usegmt=True)  # the API's clock is behind
    failures = [
        answer(
            desk.rng.choice((429, 503)),
            **({} if one is None else {"retry_after": str(one), "Date": date}),
        )
        for one in asked
    ]
    Night(desk, "long wait", name, *failures, _customers(desk)).returned().waited_politely()
    plain = Night(desk, "after it", name, answer(503), answer(429), _customers(desk))
    plain.returned().waited_politely()
    slow = dataclasses.replace(answer(503, Retry_After="1"), takes_s=0.4)
    Night(desk, "slow", name, slow, _customers(desk)).returned().waited_politely()


@examines(5, rests_on=("outside",))
def politeness_ends(desk: Desk) -> None:
    """Raise the fourth refusal at once, and every other error; count what is lost."""
    name = "load_politely"
    for status in desk.rng.sample((429, 503), 2):
        busy = answer(status, Retry_After=str(desk.rng.randrange(5, 300)))
        night = Night(desk, str(status), name, busy).raised(status).counted().waited_politely()
        desk.note(f"{status}: waits after the last", night.waited_s > sum(night.gaps_s) + 0.1)
    for status in desk.rng.sample((400, 401, 404, 409, 410, 422, 500, 502, 520), 4):
        Night(desk, str(status), name, answer(status, [{"customer_id": 7}])).raised(status)
    lost = [answer(429, Retry_After="0"), LOST] * 3
    night = Night(desk, "lost connections", name, *lost, answer(429, Retry_After="0")).raised()
    desk.note("lost connections: at most four requests", len(night.requests) <= 4)
    night = Night(desk, "silent", name, answer(503), SILENT, answer(503)).raised()
    desk.note("silent: at most four requests", len(night.requests) <= 4)
    patient = [one is not None and 0 < one <= _MOST_PATIENT_S for one in desk.api.patience_s]
    desk.note("silent: would not have waited for ever", patient[:1])

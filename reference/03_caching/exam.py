"""Examine 03_caching: count outside what was asked, while the time of day moves.

Data is made inside, by `inside.py`; what is noted of a frame are some of its rows, and a digest.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import math
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from dojo.exam.outside_api import CUT_OFF, LOST, SILENT, Answer, answer, replied
from dojo.exam.stage import Desk, Outcome, examines
from dojo.world.draw import Draw

_MINUTE_S = 60
_REQUEST_S = 30 * _MINUTE_S
_WITHIN_MIN, _AFTER_MIN = 59, 61
_KNOWN = (*range(1000, 2201), 2**53, 2**53 + 1)  # the ids that `inside.py` gives
_REST = "region=ouest&closed=&name=R%26D%2B&page=1"
_TABLES = (
    "a small number",
    "a last digit",
    "a late letter",
    "a space",
    "a capital",
    "a number for a text",
    "a quote",
    "a blank",
    "a text for a blank",
    "a date",
    "a type",
    "categories",
    "a category",
    "an order of categories",
    "a name",
    "the index",
    "an index of texts",
    "the order of rows",
    "ids as text",
)
_NUMBERS = (
    "an id of 16 digits",
    "the first of two columns of one name",
    "the last of two columns of one name",
    "a name",
)
_FILES = (
    "the first row",
    "the middle row",
    "the last row",
    "a capital",
    "an accent",
    "a space",
    "the order of rows",
)


@dataclasses.dataclass
class Seen:
    """One call, and what the API and the engine saw of it."""

    desk: Desk
    what: str
    url: str
    months: int | None
    outcome: Outcome
    asked: list[str]
    echoed: list[str]
    runs: list[dict[str, Any]]

    def returned(self) -> Seen:
        """Note the value."""
        self.desk.note_outcome(f"{self.what}: returned", self.outcome)
        return self

    def paid(self) -> Seen:
        """Note that it asked once, for all of the address, and for the months."""
        more = [] if self.months is None else [("months", str(self.months))]
        whole = Counter([*_query(self.url), *more])
        self._note(
            "asked once, for all of it", [Counter(_query(one)) == whole for one in self.asked]
        )
        self._note("sent of what another call was told", self.echoed)
        return self

    def cost_nothing(self) -> Seen:
        """Note that it asked nothing, and that the engine used a result again."""
        self._note("requests", len(self.asked))
        self._note("was cached", any("Cached" in run["states"] for run in self.runs))
        return self

    def raised(self) -> Seen:
        """Note that it asked, as often as the engine began its tasks, and raised."""
        self.desk.note_failure(f"{self.what}: in the end", self.outcome)
        states = [state for run in self.runs for state in run["states"]]
        begun = sum(state in ("Running", "Retrying") for state in states)
        self._note("asked, once each time", 0 < len(self.asked) <= begun)
        return self

    def _note(self, what: str, value: Any) -> None:
        self.desk.note(f"{self.what}: {what}", value)


def _query(path: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(path).query, keep_blank_values=True)


class Caller:
    """Makes the calls of one entry point: with the same data, unless that is said."""

    def __init__(self, desk: Desk, name: str, *kind: str) -> None:
        """Draw the data.

        Args:
            desk: Makes the calls.
            name: The entry point.
            kind: What its first argument is made of; nothing: it has no data.
        """
        self.desk, self.name = desk, name
        self.data = [*kind, desk.rng.randrange(10**9)] if kind else []
        self.has_months = name not in ("nightly", "load_usage")

    def __call__(
        self,
        what: str,
        change: str = "",
        url: str = "",
        months: int = 6,
        depth: int | None = None,
        **how: Any,
    ) -> Seen:
        """Make a call: with a change of the data, and as `inside.py` may make it."""
        desk, url, what = self.desk, url or self.desk.api.url, f"{self.name}, {what}"
        asked, ran = len(desk.api.requests), len(desk.engine().task_runs)
        if "swapped" in how:
            how["swapped"] = [*self.data, how["swapped"]]
        how |= {"port": desk.api.port, "salt": desk.rng.randrange(1, 10**6)}
        data = [*self.data, change] if self.data else []
        args = [url, *([months] if self.has_months else []), *([] if depth is None else [depth])]
        outcome = desk.run_with("call", self.name, data, args, how)
        requests, runs = desk.api.requests[asked:], desk.engine().task_runs[ran:]
        paths, echoed = [one.path for one in requests], [one.echoed for one in requests]
        asked_for = months if self.has_months else None
        return Seen(desk, what, url, asked_for, outcome, paths, echoed, runs)


def _usage(desk: Desk, seed: int) -> Answer:
    """Have the usage API know all customers: another seed, another mean and another maximum."""
    rows = [{"customer_id": one, "calls": (one * 7 + seed) % 11 + seed} for one in _KNOWN]
    desk.api.will(found := answer(200, rows))
    return found


def _addresses(desk: Desk) -> list[str]:
    """Return addresses of other data each, written much alike."""
    regions = ("nord-est", "Nord-est", "nord.est")
    return [desk.api.url, *(f"{desk.api.url}?region={region}&{_REST}" for region in regions)]


def _minutes(desk: Desk, minutes: int) -> None:
    desk.advance(minutes * _MINUTE_S)


def _bad(desk: Desk) -> list[Answer]:
    """Draw what is no answer: errors, what is no list of customers, and lost connections."""
    draw = Draw(desk.rng.randrange(10**9))
    drawn = [replied(one) for one in (*draw.errors(), *draw.not_customers())]
    asks_back = answer(desk.rng.choice((413, 429, 503)), Retry_After="1")  # urllib3 heeds it
    return [*drawn, asks_back, LOST, CUT_OFF]


def _never_kept(desk: Desk, call: Caller, bad: list[Answer], depth: int | None = None) -> None:
    for number, one in enumerate(bad):
        desk.api.will(one)
        call(f"{number}: {one.status} {one.body[:30]}", depth=depth).raised()


def _each_question(desk: Desk, call: Caller) -> None:
    """Ask for other months and other addresses, and go back to what was known."""
    first, north, *alike = _addresses(desk)
    questions = [(first, 6), (first, 12), (north, 12), (f"{north}1", 2)]
    questions += [(one, 12) for one in alike]
    for seed, (url, months) in enumerate(questions):
        _usage(desk, seed)
        call(f"question {seed}", "", url, months).returned().paid()
    back = call("the first question", "", *questions[0], in_a_flow=True).returned().cost_nothing()
    _usage(desk, 20)
    _a_user(desk, call, back)


def _a_user(desk: Desk, call: Caller, before: Seen) -> None:
    """Ask as a user, who has data of his own; no urllib does that."""
    user = call("a user", "", before.url.replace("://", "://nord:s3cret@"), before.months or 6)
    what = f"{call.name}: a user is told what nobody else was"
    desk.note(what, user.outcome.told != before.outcome.told)


def _late_in_the_evening(desk: Desk) -> None:
    """Go to 23:30, so that an hour is on two days."""
    now = datetime.datetime.now() + datetime.timedelta(seconds=desk.elapsed_s)
    late = now.replace(hour=23, minute=30, second=0)
    desk.advance(int((late - now).total_seconds()) % 86400)


def _lives_one_hour(desk: Desk, call: Caller, second: Callable[[str], Seen]) -> None:
    """Use a result for 59 minutes, what was made of it too, and nothing after an hour."""
    _late_in_the_evening(desk)
    _usage(desk, 30)
    call("fresh", url=f"{desk.api.url}?fresh").returned().paid()
    _usage(desk, 31)
    _minutes(desk, _WITHIN_MIN)
    call("after 59 minutes", url=f"{desk.api.url}?fresh").returned().cost_nothing()
    second("another one after 59 minutes")
    _minutes(desk, _AFTER_MIN - _WITHIN_MIN)
    second("another one after 61 minutes").returned()
    _minutes(desk, _AFTER_MIN)
    desk.api.will(answer(200, []))
    second("another one after an hour, of nobody").raised()
    _usage(desk, 32)
    second("another one, mended").returned()


def _silence(desk: Desk, call: Caller, depth: int | None = None) -> None:
    """Have the API be silent, until it is seen who would wait for ever; and look for limits."""
    desk.api.will(_churn(desk) if call.name == "nightly" else _usage(desk, 60))
    seen = call("an answer trickles in", url=f"{desk.api.url}?slow", depth=depth, limits=True)
    told = seen.outcome.told
    cut = [one for one in told if one <= _REQUEST_S] if isinstance(told, list) else told
    desk.note("what would cut off a request of half an hour", cut)
    desk.api.will(SILENT, answer(503))
    call("a silent API", url=f"{desk.api.url}?silent", depth=depth).raised()
    patient = [one is not None and 0 < one < math.inf for one in desk.api.patience_s]
    desk.note("would not have waited for ever", patient)


@examines(1, rests_on=("outside", "answer", "word"))
def a_rerun_costs_nothing(desk: Desk) -> None:
    """Fail the training, run again within the hour, and once after it."""
    call, depth = Caller(desk, "nightly"), desk.rng.randint(1, 4)
    desk.api.will(_churn(desk))
    _late_in_the_evening(desk)
    failed = call("bad depth", depth=0).paid()
    desk.note_failure("the failed training", failed.outcome, kind="ValueError")
    _minutes(desk, _WITHIN_MIN)
    call("mended", depth=depth).returned().cost_nothing()
    _minutes(desk, _AFTER_MIN - _WITHIN_MIN)
    draw = Draw(desk.rng.randrange(10**9))
    _never_kept(desk, call, [*map(replied, draw.not_customers()), answer(503)], depth)
    desk.api.will(_churn(desk))
    call("well again", depth=depth).returned().paid()
    for number, url in enumerate([*_addresses(desk)[1:], f"{desk.api.url}?archived"]):
        desk.api.will(_churn(desk))
        call(f"address {number}", url=url, depth=depth).returned().paid()
    call("the first address", depth=depth).returned().cost_nothing()
    _silence(desk, call, depth)


def _churn(desk: Desk) -> Answer:
    rows = [
        {
            "customer_id": number,
            "tenure_months": desk.rng.randrange(72),
            "monthly_charges": desk.rng.randrange(20, 120),
            "support_calls": desk.rng.randrange(9),
            "churned": desk.rng.randrange(2),
        }
        for number in range(desk.rng.randint(30, 60))
    ]
    return answer(200, rows)


@examines(2, rests_on=("outside", "answer", "word"))
def other_content_is_a_new_result(desk: Desk) -> None:
    """Give frames of equal content, and of other content."""
    _usage(desk, 1)
    for kind, changes in (("table", _TABLES), ("numbers", _NUMBERS)):
        call = Caller(desk, "add_usage", kind)
        call(kind).returned()
        call(f"{kind} again", in_a_flow=kind == "table").returned().cost_nothing()
        for change in changes:
            call(f"{kind} with another thing: {change}", change).returned()
    others = {"great": ["a late row"], "zoned": ["the zone of the index", "a zone"]}
    for kind, more in others.items():
        another = Caller(desk, "add_usage", kind)
        for change in ("", *more):
            another(f"{kind}, {change or 'as it was'}", change).returned()
    call("by another script", another_name=True).returned().cost_nothing()


@examines(2, rests_on=("outside", "answer", "word"))
def other_questions_have_other_results(desk: Desk) -> None:
    """Ask for other months, other addresses, after an hour, and after a run that was killed."""
    call = Caller(desk, "add_usage", "numbers")
    _each_question(desk, call)
    _lives_one_hour(desk, call, lambda what: call(what, "a name", f"{desk.api.url}?fresh"))
    _usage(desk, 50)
    killed = f"{desk.api.url}?killed"
    call("killed in its request", "", killed, killed=True)
    call("after one that was killed", "", killed).returned().cost_nothing()
    _silence(desk, call)


@examines(3, rests_on=("outside", "answer", "word"))
def a_changed_file_is_read_anew(desk: Desk) -> None:
    """Write other content behind one path, also while the API is asked."""
    call = Caller(desk, "add_usage_to_file", "file")
    _usage(desk, 1)
    # What it returns is the learner's choice; what is kept of it is not.
    call("file that is replaced meanwhile", swapped=_FILES[0]).paid()
    call("file with another date", "another date").returned().cost_nothing()
    for change in _FILES:
        call(f"file with another thing: {change}", change).returned()
    call = Caller(desk, "add_usage_to_file", "long file")
    call("long file").returned()
    call("long file, changed in its middle", "the middle row").returned()


@examines(3, rests_on=("outside", "answer", "word"))
def other_questions_of_a_file(desk: Desk) -> None:
    """Ask for other months, other addresses, and after an hour."""
    call = Caller(desk, "add_usage_to_file", "file")
    _each_question(desk, call)
    # Other bytes, the same customers.
    other = lambda what: call(what, "a blank line", f"{desk.api.url}?fresh")  # noqa: E731
    _lives_one_hour(desk, call, other)
    _silence(desk, call)


@examines(4, rests_on=("outside", "answer", "word"))
def a_failure_is_not_kept(desk: Desk) -> None:
    """Fail in each way, then answer well, then fail again."""
    call = Caller(desk, "load_usage")
    _never_kept(desk, call, _bad(desk))
    good = json.dumps([*_odd(desk), {"customer_id": 2**53 + 1, "calls": 0}], ensure_ascii=False)
    desk.api.will(Answer(200, good))
    call("well again").returned().paid()
    desk.api.will(answer(503))
    _minutes(desk, _WITHIN_MIN)
    call("down after 59 minutes", in_a_flow=True).returned().cost_nothing()
    _minutes(desk, _AFTER_MIN - _WITHIN_MIN)
    call("down after 61 minutes").raised()
    desk.api.will(Answer(200, good))
    call("up after that").returned().paid()
    for number, url in enumerate([*_addresses(desk)[1:], f"{desk.api.url}?archived"]):
        desk.api.will(answer(200, [{"customer_id": 1000, "calls": number}]))
        call(f"address {number}", "", url).returned().paid()
    back = call("the first address").returned().cost_nothing()
    desk.api.will(answer(200, [{"customer_id": 1000, "calls": 77}]))
    _a_user(desk, call, back)
    _silence(desk, call)


def _odd(desk: Desk) -> list[dict[str, Any]]:
    return list(Draw(desk.rng.randrange(10**9)).customers(desk.rng.randint(2, 5)))


@examines(5, rests_on=("outside", "answer", "word"))
def two_figures_of_equal_arguments(desk: Desk) -> None:
    """Ask both figures in a drawn order, of other months and addresses, and after an hour."""
    one, other = (Caller(desk, name) for name in desk.rng.sample(("mean_calls", "most_calls"), 2))
    _usage(desk, 1)
    both = f"{desk.api.url}?both"
    for call in (one, other):
        call("equal arguments", url=both).returned()
    for call in (one, other):
        call("equal arguments again", url=both).returned().cost_nothing()
    _loaders_share_nothing(desk)
    # Each lives an hour, and so does what is made of the same answer as it.
    _lives_one_hour(desk, one, lambda what: other(what, url=f"{desk.api.url}?fresh"))
    _silence(desk, other)


@examines(5, rests_on=("outside", "answer", "word"))
def a_mean_of_each_question(desk: Desk) -> None:
    """Ask for the mean of other months and other addresses."""
    _each_question(desk, Caller(desk, "mean_calls"))


@examines(5, rests_on=("outside", "answer", "word"))
def a_maximum_of_each_question(desk: Desk) -> None:
    """Ask for the most calls of other months and other addresses."""
    _each_question(desk, Caller(desk, "most_calls"))


def _loaders_share_nothing(desk: Desk) -> None:
    """Load customers and usage of one address: one task may ask for both, two share nothing."""
    desk.api.will(_churn(desk))
    customers = Caller(desk, "nightly")("customers", depth=2)
    good = [{"customer_id": 1000, "calls": desk.rng.randrange(99)}]
    desk.api.will(answer(200, good))
    usage = Caller(desk, "load_usage")("usage of the same address")
    asked = {run["function"] for run in customers.runs}
    is_one_task = bool(usage.runs) and usage.runs[-1]["function"] in asked
    desk.note("two loaders share nothing", is_one_task or usage.outcome.told == good)

"""What the engine and the API saw of your five functions. Every wait is free, none is skipped."""

import json
import random
import time
from collections.abc import Callable
from email.utils import formatdate
from itertools import groupby, pairwise
from typing import Any, NamedTuple
from unittest import mock
from urllib.parse import parse_qsl, urlsplit

import pytest

LONGEST_TIMEOUT_S = 60
SLACK_S = 0.01


class Night(NamedTuple):
    """One call of a solution's function, and what the world saw of it."""

    call: str
    url: str
    ending: str
    value: Any
    error: Exception | None
    requests: list[Any]
    waits_s: list[float]

    @property
    def gaps_s(self) -> list[float]:
        """Return the seconds between each of its requests and the next."""
        times = [request.at_s for request in self.requests]
        return [round(after - before, 3) for before, after in pairwise(times)]

    @property
    def answers(self) -> str:
        """Say what the API answered, in order."""
        texts = groupby(request.answered for request in self.requests)
        said = [(text, len(list(same))) for text, same in texts]
        parts = [text if times == 1 else f"{text} ({times} times)" for text, times in said]
        return " then ".join(parts) or "nothing, it was never asked"


Call = Callable[..., Night]


@pytest.fixture
def call(solution: Any, flaky_api: Any, prefect_history: Any) -> Call:
    """Call a function of the solution on the flaky API and collect what was seen."""

    def ask(name: str, url: str = flaky_api.url, on: Any = solution) -> Night:
        asked, ran = len(flaky_api.requests), len(prefect_history.task_runs)
        logged = len(prefect_history.logs)
        value, error = None, None
        try:
            value = getattr(on, name)(url)
            right = same(value, flaky_api.customers)
            ending = f"returned {'the customers' if right else shorten(repr(value))}."
        except (NotImplementedError, NameError, AttributeError, TypeError):
            raise  # not the API's doing: the learner wants the line it came from
        except Exception as caught:  # whatever a solution raises is looked at by the tests
            error = caught
            ending = f"raised {type(caught).__name__}: {shorten(str(caught))}"
        runs = prefect_history.task_runs[ran:]
        if len(runs) > 1:
            ending += (
                f" It made {len(runs)} task runs: a task that a task calls keeps its own retries,"
                " and they multiply. Share a plain function instead."
            )
        for _, line in prefect_history.logs[logged:]:
            if "retry_condition_fn" in line:
                ending += f" Its retry condition failed, which means 'do not retry': {line}"
                break
        waits_s = [delay_s for run in runs for delay_s in run.delays_s]
        title = f"{name}({url!r})"
        return Night(title, url, ending, value, error, flaky_api.requests[asked:], waits_s)

    return ask


def same(value: Any, customers: list[dict]) -> bool:
    """Tell whether a value is these customers, to the letter: 12 is not 12.0, None no NaN."""
    return value == customers and repr(value) == repr(customers)


def shorten(text: str) -> str:
    """Write a text on one line; of a long one the beginning and the end, which says what to do."""
    line = " ".join(text.split())
    return line if len(line) <= 260 else f"{line[:100]} [...] {line[-150:]}"


def in_seconds(waits_s: list[float]) -> str:
    """Write a list of waits as a reader says it."""
    return shorten(", ".join(f"{wait_s:g} s" for wait_s in waits_s)) or "none"


def told(*lines: str) -> str:
    """Write a message for somebody who is stuck, one thought a line."""
    return "\n".join(lines)


def returned_customers(night: Night, customers: list[dict], production: str) -> None:
    """Check that the night ended with the API's customers."""
    first = next(
        (
            f" The first that differs: {one!r} instead of {other!r}."
            for one, other in zip(night.value, customers, strict=False)
            if not same(one, other)
        )
        if isinstance(night.value, list)
        else iter(()),
        "",
    )
    assert night.error is None and same(night.value, customers), told(
        f"{night.call} {night.ending}",
        f"The API answered: {night.answers}. Expected: the {len(customers)} customers that it gives"
        f" with its last 200.{first}",
        f"In production: {production}",
    )


def raised_status(night: Night, status: int, production: str) -> None:
    """Check that the night ended with an error that names the status."""
    response = getattr(night.error, "response", None)
    text = str(night.error).replace(night.url, "").replace(night.url.partition("?")[2] or " ", "")
    named = str(status) in text or getattr(response, "status_code", None) == status
    assert night.error is not None and named, told(
        f"{night.call} {night.ending}",
        f"The API answered: {night.answers}. Expected: an exception that names {status}.",
        f"In production: {production}",
    )


def asked_times(night: Night, expected: int, production: str) -> None:
    """Check how many requests the API got."""
    seen = len(night.requests)
    assert seen == expected, told(
        f"{night.call} made {seen} request{'' if seen == 1 else 's'}, {expected} expected.",
        f"The API answered: {night.answers}. Your function {night.ending}",
        f"In production: {production}",
    )


def engine_waited(night: Night, gaps_s: list[float], expected_s: list[float], why: str) -> None:
    """Check the waits, as the engine scheduled them and as the API felt them."""
    assert night.waits_s == pytest.approx(expected_s, abs=SLACK_S), told(
        f"{night.call} {night.ending}",
        f"The engine scheduled these waits (state AwaitingRetry): {in_seconds(night.waits_s)}."
        f" Expected: {in_seconds(expected_s)}. The API answered: {night.answers}.",
        f"In production: {why}",
    )
    assert gaps_s == pytest.approx(expected_s, abs=SLACK_S), told(
        f"{night.call} {night.ending}",
        f"Time between the requests, as the API saw it: {in_seconds(gaps_s)}."
        f" Expected: {in_seconds(expected_s)}, all of it waited by the engine.",
        "In production: waits hidden inside the task add up with the engine's, and no page shows"
        " why the job is late.",
    )


def asked_as_told(night: Night, name: str, answers: list[Any]) -> None:
    """Check each request, and the waits between them: as the address and the answers say."""
    assert night.requests, told(
        f"{night.call} {night.ending}",
        "The API was never asked. Expected: tonight's customers, from tonight's requests.",
        "In production: the customers are those of another night, or of nobody.",
    )
    wanted = parse_qsl(urlsplit(night.url).query)
    for request in night.requests:
        got = parse_qsl(urlsplit(request.url).query)
        assert got == wanted or "refused" in request.answered, told(
            f"{night.call} asked for {request.url!r}.",
            f"Expected: the address as it was given, with all of its parameters: {wanted}.",
            "In production: half of the customers are asked for, and the run is green.",
        )
    sent_nothing_it_was_told(night)
    if name == "load_politely":
        headers = [{key.lower(): text for key, text in one.headers.items()} for one in answers]
        asked_s = [float(one.get("retry-after", DEFAULT_S)) for one in headers]
        waited_as_asked(night, night.gaps_s, asked_s, "the next answer is a ban.")
        return
    assert len(night.waits_s) == len(answers) and night.gaps_s == pytest.approx(
        night.waits_s, abs=SLACK_S
    ), told(
        f"{night.call} {night.ending}",
        f"The API answered: {night.answers}. Time between the requests, as it saw it:"
        f" {in_seconds(night.gaps_s)}. The engine scheduled: {in_seconds(night.waits_s)}. Expected:"
        f" {len(answers)} waits, all of them the engine's, whatever the client or a Retry-After"
        " would have.",
        "In production: an API that has just come back is asked again at once, by a client that"
        " tries again by itself; or a run sleeps for an hour, and no page shows why it is late.",
    )


def sent_nothing_it_was_told(night: Night) -> None:
    """Check that the first request has nothing of an answer to another call."""
    echoed = night.requests[0].echoed if night.requests else {}
    assert not echoed, told(
        f"{night.call} sent with its first request: {echoed!r}.",
        "An answer to an earlier call had it. Expected: nothing of it. A session ends with its run,"
        " and what was answered is remembered by nobody.",
        "In production: the cookie of a load balancer leads all later nights to the machine that"
        " was down on the first; the login of one job goes with the next; and by the tag of an old"
        " answer the API says that nothing is new, to a worker that has forgotten what it was.",
    )


def had_timeouts(night: Night) -> None:
    """Check that no request could have waited for ever."""
    assert night.requests, told(f"{night.call} {night.ending}", "The API was never asked.")
    for number, request in enumerate(night.requests, start=1):
        limit_s = request.timeout_s
        assert limit_s is not None and 0 < limit_s <= LONGEST_TIMEOUT_S, told(
            f"{night.call}: request {number} was made with the time-out {limit_s!r}.",
            f"Expected: more than 0 s and at most {LONGEST_TIMEOUT_S} s. None waits for ever.",
            "In production: the API accepts the connection at 3:00 and never answers. No error, so"
            " no retry: at 9:00 the run is still 'Running'. (`timeout_seconds` of @task does not"
            " reach the request: it cannot interrupt one that waits in a thread.)",
        )


def new_customers(draw: Any, flaky_api: Any) -> Any:
    """Have the API know other customers than before; return the answer that has them."""
    rows = draw.customers(6)
    flaky_api.customers = [dict(row) for row in rows]
    flaky_api.customers[-1]["customer_id"] = 10**22 + 1  # more than 64 bits hold
    body = json.dumps(flaky_api.customers, ensure_ascii=False)
    # JSON is UTF-8, and its types name no charset; for this one requests assumes none either.
    return flaky_api.answer(200, body=body, headers={"Content-Type": "application/vnd.api+json"})


def bad_nights(draw: Any, flaky_api: Any, statuses: tuple[int, ...]) -> list[list[Any]]:
    """Draw errors with a body of each kind, three a night: as many as the least patient bears."""
    answers = [
        flaky_api.answer(one.status, body=one.body, headers=one.headers)
        for one in draw.errors(statuses)
    ]
    return [answers[number : number + 3] for number in range(0, len(answers), 3)]


def whatever_fails(flaky_api: Any) -> list[list[Any]]:
    """Return nights of errors that a client knows less well, and of what fails without one."""
    broken = [flaky_api.TIMEOUT, flaky_api.NO_JSON, flaky_api.BROKEN_OFF]
    return [broken, [401, 403, 404], [400, 410, flaky_api.REFUSED], [402, 422, 520]]


def heals_whatever_was_said(
    call: Call, flaky_api: Any, draw: Any, name: str, nights: list[list[Any]]
) -> None:
    """Check that customers come after errors, that they are tonight's, and no error's."""
    url = flaky_api.url
    for answers in nights:
        good = new_customers(draw, flaky_api)
        flaky_api.will(*answers, good)
        url = draw.url(flaky_api.url)
        night = call(name, url)
        said = "; ".join(
            f"{one.says}, headers {dict(one.headers)}, body {shorten(one.body)!r}"
            for one in answers
            if not isinstance(one, int)
        )
        returned_customers(
            night,
            flaky_api.customers,
            (
                f"three answers that can heal, whatever is in headers and body ({said}), are three"
                " retries. Who gives up before has lost the night."
                if night.error
                else "it is the status that says whether an answer is one, whatever is in its body"
                f" ({said}); and the customers are those of tonight, as the API gives them."
            ),
        )
        asked_as_told(night, name, answers)
    flaky_api.will(503)
    lost = call(name, url)  # an address that has answered
    sent_nothing_it_was_told(lost)
    raised_status(
        lost,
        503,
        "an error message, or what an earlier night has left, goes into tonight's features.",
    )
    flaky_api.will(503, 503, 503, new_customers(draw, flaky_api))
    returned_customers(
        call(name, url),
        flaky_api.customers,
        "each call has all of its tries, also after a night on which the API was down: a worker"
        " that counts in the module has none left.",
    )


def raises_whatever_the_status(
    call: Call, flaky_api: Any, name: str, statuses: tuple[int, ...]
) -> None:
    """Check that no error is taken for customers, asked again or not."""
    for status in statuses:
        flaky_api.will(flaky_api.answer(status, json=flaky_api.customers[:1]))
        raised_status(call(name), status, "400 and all above it is an error, in each body.")


AT_ONCE = (
    "a client that connects again by itself, at once, meets an API that is still restarting, four"
    " times as often as agreed, and no history shows it."
)

# Task 1: retry what fails, and never take an error for customers


@pytest.mark.parametrize("status", [503, 429, 500])
def test_error_body_is_never_taken_for_customers(call: Call, flaky_api: Any, status: int) -> None:
    flaky_api.will(status, 200)
    night = call("load_customers")
    as_data = (
        "requests does not mind an error page. .json() reads it, the engine sees no exception and"
        " retries nothing. Tonight's features are built from an error message, the run is green."
    )
    too_early = "the API was back a minute later. Nobody asked again, and you find out at 9:00."
    returned_customers(night, flaky_api.customers, too_early if night.error else as_data)


@pytest.mark.parametrize("failure", ["TIMEOUT", "REFUSED", "BROKEN_OFF"])
def test_lost_connection_is_retried_too(call: Call, flaky_api: Any, failure: str) -> None:
    flaky_api.will(getattr(flaky_api, failure), 200)
    night = call("load_customers")
    returned_customers(
        night,
        flaky_api.customers,
        "one lost connection at 3:00, and tonight's scores are missing or empty at 9:00.",
    )
    engine_waited(night, night.gaps_s, [60], AT_ONCE)


def test_engine_waits_a_minute_before_each_retry(call: Call, flaky_api: Any) -> None:
    flaky_api.will(503)
    night = call("load_customers")
    engine_waited(
        night,
        flaky_api.gaps_s,
        [60, 60, 60],
        "the API restarts in 90 s. Asked again at once, it is still down; three waits of"
        " a minute outlast it. A wait that the engine did not schedule is in no history.",
    )


def test_fourth_failure_is_the_last_and_raised(call: Call, flaky_api: Any) -> None:
    flaky_api.will(503)
    night = call("load_customers")
    raised_status(
        night,
        503,
        "an error that does not say 503 sends you looking in the wrong place at 9:00."
        if night.error
        else "a run that returns something after a total failure is green at 3:00. It is a customer"
        " who discovers the empty campaign.",
    )
    asked_times(
        night,
        4,
        "three retries are four requests: the first one, then three more. With fewer the API's"
        " restart outlasts you; with more you help to keep it down.",
    )


def test_no_request_waits_for_ever(call: Call, flaky_api: Any) -> None:
    flaky_api.will(503, 200)
    had_timeouts(call("load_customers"))


def test_no_kind_of_error_is_taken_for_customers(call: Call, flaky_api: Any, draw: Any) -> None:
    nights = bad_nights(draw, flaky_api, (429, 500, 502, 503, 504))
    nights += whatever_fails(flaky_api)
    heals_whatever_was_said(call, flaky_api, draw, "load_customers", nights)


# Task 2: give the API more time at each retry


def test_waits_grow_ten_thirty_sixty(call: Call, flaky_api: Any) -> None:
    flaky_api.will(503, 503, 503, 200)
    night = call("load_with_backoff")
    engine_waited(
        night,
        flaky_api.gaps_s,
        [10, 30, 60],
        "a hiccup is over in 10 s, a restart needs 90 s. Shorter waits spend the three retries"
        " before the API is back.",
    )
    returned_customers(
        night, flaky_api.customers, "the API was back at 3:01:40; the night is lost all the same."
    )
    had_timeouts(night)


def test_backoff_ends_with_the_error(call: Call, flaky_api: Any) -> None:
    flaky_api.will(503)
    night = call("load_with_backoff")
    raised_status(
        night,
        503,
        "a default after the last retry hides the outage. The run is green, and the model scores"
        " nobody, or yesterday's customers.",
    )
    asked_times(
        night,
        4,
        "the API is left alone too early, and the night is lost."
        if len(night.requests) < 4
        else "the API is hammered while it restarts.",
    )


def test_backoff_takes_no_error_for_customers(call: Call, flaky_api: Any, draw: Any) -> None:
    nights = bad_nights(draw, flaky_api, (429, 500, 502, 503, 504))
    nights += whatever_fails(flaky_api)
    heals_whatever_was_said(call, flaky_api, draw, "load_with_backoff", nights)


# Task 3: do not come back at the same second as everybody else


def test_jittered_waits_stay_near_the_doubling(call: Call, flaky_api: Any, laws: Any) -> None:
    nominal_s, low, high = [10, 20, 40, 80], 0.5, 1.5
    # What `random.uniform` may draw: the most, the least, and then whatever comes.
    luck = [lambda _, most: most, lambda least, _: least]
    bounds = ", ".join(f"{low * wait_s:g} to {high * wait_s:g} s" for wait_s in nominal_s)
    flaky_api.will(503)
    nights: list[Night] = []

    def load_before_the_fork(process: Any) -> None:
        with mock.patch.object(random, "uniform", luck[len(nights)]):
            nights.append(call("load_with_jitter", on=process))

    nights += [call("load_with_jitter", on=one) for one in laws.load_forks(load_before_the_fork)]
    for night in nights:
        near = [
            low * nominal - SLACK_S <= wait_s <= high * nominal + SLACK_S
            for wait_s, nominal in zip(night.waits_s, nominal_s, strict=False)
        ]
        wrong = near.index(False) if False in near else len(near)
        assert len(night.waits_s) == len(nominal_s) and all(near), told(
            f"{night.call}: wait {wrong + 1} is not near what was asked.",
            f"The engine scheduled these waits (state AwaitingRetry): {in_seconds(night.waits_s)}."
            f" Expected: {bounds}.",
            "In production: too short, and the API goes down again under the retries; too long,"
            " and the features miss the training.",
        )
    factors = [wait_s / nominal for wait_s, nominal in zip(night.waits_s, nominal_s, strict=True)]
    assert max(factors) - min(factors) > SLACK_S, told(
        f"{night.call}: the engine scheduled these waits: {in_seconds(night.waits_s)}.",
        f"Each is {factors[0]:g} times its figure. Expected: each wait drawn for itself.",
        "In production: two jobs that draw nearly the same factor meet at every retry, not at one.",
    )
    drawn_anew(nights[0], nights[2], "called twice in one process")
    drawn_anew(
        *nights[2:], "called in two processes that were forked after the import and a first call"
    )


def drawn_anew(first: Night, second: Night, when: str) -> None:
    """Check that two runs wait differently."""
    pairs = zip(first.waits_s, second.waits_s, strict=False)
    assert sum(abs(one_s - other_s) for one_s, other_s in pairs) > 5 * SLACK_S, told(
        f"{first.call}, {when}, waited {in_seconds(first.waits_s)}; then"
        f" {in_seconds(second.waits_s)}.",
        "Expected: four waits of the engine, drawn anew in each run. (After a fork only Python's"
        " shared generator has a new state: none of your own that was made before, nor NumPy's.)",
        "In production: 200 jobs fail together at 3:00:00. With the same waits they all come back"
        " together, at 3:00:10, 3:00:30, 3:01:10. It is your own retries that keep the API down.",
    )


def test_two_runs_wait_differently(call: Call, flaky_api: Any) -> None:
    flaky_api.will(503)
    first, second = call("load_with_jitter"), call("load_with_jitter")
    drawn_anew(first, second, "called twice in one process")


def test_fifth_jittered_failure_is_raised(call: Call, flaky_api: Any) -> None:
    flaky_api.will(503)
    night = call("load_with_jitter")
    raised_status(night, 503, "nobody is told that tonight's customers are missing.")
    asked_times(night, 5, "four retries are five requests; the API needed up to 150 s tonight.")
    had_timeouts(night)


def test_jittered_load_takes_no_error_for_customers(call: Call, flaky_api: Any, draw: Any) -> None:
    nights = bad_nights(draw, flaky_api, (429, 500, 502, 503, 504))
    nights += whatever_fails(flaky_api)
    heals_whatever_was_said(call, flaky_api, draw, "load_with_jitter", nights)


# Task 4: a wrong password is still wrong in ten seconds


@pytest.mark.parametrize("status", [401, 403, 404])
def test_hopeless_answer_is_asked_once(call: Call, flaky_api: Any, draw: Any, status: int) -> None:
    limit = flaky_api.answer(status, retry_after=5, json={"error": "rate limit, try again later"})
    flaky_api.will(limit, 200)
    night = call("load_unless_hopeless", draw.url(flaky_api.url))
    asked_times(
        night,
        1,
        f"a {status} does not heal, whatever it says. Asking again delays the alert, and some APIs"
        " lock the account after the third refusal.",
    )
    raised_status(night, status, f"the run is green although the API said {status}.")


@pytest.mark.parametrize("failure", [429, 500, 504, "HTML"])
def test_answer_that_can_heal_is_retried(call: Call, flaky_api: Any, failure: int | str) -> None:
    flaky_api.will(getattr(flaky_api, failure) if isinstance(failure, str) else failure, 200)
    night = call("load_unless_hopeless")
    returned_customers(
        night,
        flaky_api.customers,
        "the API was fine ten seconds later; nobody asked, and you find out at 9:00.",
    )
    had_timeouts(night)


@pytest.mark.parametrize("failure", ["TIMEOUT", "REFUSED", "BROKEN_OFF"])
def test_network_failure_can_heal(call: Call, flaky_api: Any, failure: str) -> None:
    flaky_api.will(getattr(flaky_api, failure), 200)
    night = call("load_unless_hopeless")
    returned_customers(
        night,
        flaky_api.customers,
        "a failure without an answer has no status to look at. A switch restarts for five seconds,"
        " and the night is lost.",
    )
    engine_waited(night, night.gaps_s, [10], AT_ONCE)


def test_what_can_heal_is_asked_every_ten_seconds(call: Call, flaky_api: Any) -> None:
    flaky_api.will(503)
    night = call("load_unless_hopeless")
    engine_waited(
        night,
        flaky_api.gaps_s,
        [10, 10, 10],
        "waits that nobody scheduled are in no history. (No retry at all? A condition that is not"
        " a plain function means 'never retry', without a word of warning.)",
    )
    raised_status(night, 503, "the API was down for all four requests, and the run is green.")


def test_no_error_that_can_heal_is_taken_for_customers(
    call: Call, flaky_api: Any, draw: Any
) -> None:
    nights = bad_nights(draw, flaky_api, (429, 500, 502, 503, 504))
    nights += [[501, 507, 520]]
    heals_whatever_was_said(call, flaky_api, draw, "load_unless_hopeless", nights)
    raises_whatever_the_status(call, flaky_api, "load_unless_hopeless", (400, 402, 410, 422))


# Task 5: wait as long as the API asks

LATEST_S = 60
DEFAULT_S = 10


def waited_as_asked(night: Night, gaps_s: list[float], asked_s: list[float], why: str) -> None:
    """Check each gap between requests: not sooner than asked, and at most a minute later."""
    kept = [
        asked - SLACK_S <= gap_s <= asked + LATEST_S + SLACK_S
        for gap_s, asked in zip(gaps_s, asked_s, strict=False)
    ]
    assert len(gaps_s) == len(asked_s) and all(kept), told(
        f"{night.call} {night.ending}",
        f"The API answered: {night.answers}.",
        f"Time between the requests: {in_seconds(gaps_s)}. Expected: {in_seconds(asked_s)},"
        f" or up to {LATEST_S} s more.",
        f"In production: {why}",
    )


@pytest.mark.parametrize(("status", "asked_s"), [(429, 30), (503, 120), (429, 0), (503, 7200)])
def test_retry_after_is_obeyed(
    call: Call, flaky_api: Any, clock: Any, status: int, asked_s: int
) -> None:
    flaky_api.will(flaky_api.answer(status, retry_after=asked_s), 200)
    night = call("load_politely")
    waited_as_asked(
        night,
        flaky_api.gaps_s,
        [asked_s],
        "who comes back sooner than asked is refused again, and many providers then extend the"
        " ban: the quota of the whole team is gone until noon.",
    )
    returned_customers(night, flaky_api.customers, "the wait was paid, the customers are lost.")
    held_up = [one.seconds for one in clock.waits if one.holds_a_loop]
    assert not held_up, told(
        f"{night.call}, an async function, waited {in_seconds(held_up)} by time.sleep.",
        "Expected: by `await asyncio.sleep(...)`, or in a thread: the event loop goes on.",
        "In production: all that runs in this loop stands still for two minutes. Another run that"
        " was told to come back after 5 s comes back late, and is refused.",
    )


@pytest.mark.parametrize("status", [429, 503])
def test_ten_seconds_without_retry_after(call: Call, flaky_api: Any, status: int) -> None:
    flaky_api.will(status, 200)
    night = call("load_politely")
    waited_as_asked(
        night,
        flaky_api.gaps_s,
        [DEFAULT_S],
        "not every gateway sends the header, and a retry at once meets the same overload.",
    )
    returned_customers(night, flaky_api.customers, "the API was back and nobody asked.")


def test_each_polite_wait_is_read_anew(call: Call, flaky_api: Any) -> None:
    script = [(429, 5), (503, 320), (503, None)]
    answers = [flaky_api.answer(status, retry_after=asked_s) for status, asked_s in script]
    # A header's name has no case: HTTP/2 writes it small. The API's clock is wrong by minutes.
    behind, ahead = (formatdate(time.time() + by_s, usegmt=True) for by_s in (-200, 600))
    answers[0] = flaky_api.answer(429, retry_after=script[0][1], headers={"Date": ahead})
    answers[1] = flaky_api.answer(503, headers={"retry-after": str(script[1][1]), "date": behind})
    flaky_api.will(*answers, 200)
    night = call("load_politely")
    waited_as_asked(
        night,
        flaky_api.gaps_s,
        [DEFAULT_S if asked_s is None else asked_s for _, asked_s in script],
        "the load changes, and what the API asks changes with it. Four requests are allowed. (Its"
        " clock is 10 min ahead, then 3 min behind, as the header Date says: seconds are counted"
        " from when the answer came.)",
    )
    returned_customers(night, flaky_api.customers, "the fourth request was answered, and lost.")
    flaky_api.will(flaky_api.answer(429, retry_after=320), 200)
    call("load_politely")
    flaky_api.will(503, 200)
    later = call("load_politely")
    waited_as_asked(
        later,
        later.gaps_s,
        [DEFAULT_S],
        "it waits for what another run was told: what a run sets on the task or in the module is"
        " there for all that come after it.",
    )


def test_polite_wait_begins_with_the_answer(call: Call, flaky_api: Any, clock: Any) -> None:
    clock.advance(1)  # from here on the solution's clocks tell how long an answer takes
    takes_s, asked_s = 2.5, 30
    flaky_api.will(flaky_api.answer(503, retry_after=asked_s, takes_s=takes_s), 200)
    night = call("load_politely")
    waited_as_asked(
        night,
        night.gaps_s,
        [takes_s + asked_s],
        f"the API answered after {takes_s} s, and counts from there: who counts from the request"
        " comes back too soon, and the busier the API is the sooner.",
    )


def test_lost_connection_is_one_of_four_requests(call: Call, flaky_api: Any) -> None:
    refused = flaky_api.REFUSED
    flaky_api.will(429, refused, 429, refused, 429, refused, 429)
    night = call("load_politely")
    assert len(night.requests) <= 4 and night.error is not None, told(
        f"{night.call} made {len(night.requests)} requests, and {night.ending}",
        f"The API answered: {night.answers}. Expected: at most four requests, those without an"
        " answer too, and then the error. (A lost connection may end it at once.)",
        "In production: what is asked again uncounted is asked again all night long.",
    )


@pytest.mark.parametrize("status", [429, 503, 500])
def test_polite_errors_are_raised_in_the_end(
    call: Call, flaky_api: Any, clock: Any, status: int
) -> None:
    most = 4
    flaky_api.will(status)
    night = call("load_politely")
    raised_status(night, status, "an error message goes into tonight's features.")
    assert len(night.requests) <= most, told(
        f"{night.call} made {len(night.requests)} requests, at most {most} expected.",
        f"The API answered: {night.answers}.",
        "In production: an API that is over its quota is asked again and again, all night long.",
    )
    idle_s = clock.elapsed_s - night.requests[-1].at_s
    assert idle_s == 0, told(
        f"{night.call} waited {idle_s:g} s after its last request, and then {night.ending}",
        "Expected: the error at once.",
        "In production: the alert comes two minutes later, for a wait that nothing follows.",
    )
    had_timeouts(night)


def test_polite_load_takes_no_error_for_customers(call: Call, flaky_api: Any, draw: Any) -> None:
    nights = bad_nights(draw, flaky_api, (429, 503))
    heals_whatever_was_said(call, flaky_api, draw, "load_politely", nights)
    raises_whatever_the_status(call, flaky_api, "load_politely", (400, 402, 409, 410, 422, 520))

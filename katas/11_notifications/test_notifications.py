"""What the webhooks of Slack and Discord received, and what the engine recorded meanwhile."""

import logging
import re
import sys
import textwrap
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest

LONGEST_TIMEOUT_S = 60
VARIABLE = "CHURN_WEBHOOK_URL"
FLOW = "score-customers"
NOT_MOUNTED = "share Z is not mounted"
SERVICES = ("slack", "discord")


def told(*lines: str) -> str:
    """Write a message for somebody who is stuck, one thought a line."""
    return "\n".join(textwrap.fill(line, 98, break_on_hyphens=False) for line in lines)


def shorten(text: str) -> str:
    """Write a text on one line; of a long one the beginning and the end, which says what to do."""
    line = " ".join(text.split())
    return line if len(line) <= 260 else f"{line[:100]} [...] {line[-150:]}"


def seen_by(posts: list[Any]) -> str:
    """Say what the webhook received."""
    return "; ".join(f"{shorten(post.text)!r} ({post.answered or 'no answer'})" for post in posts)


# Task 1: one message, to either service


class Sent(NamedTuple):
    """One call of `send_message`, and what the webhooks saw of it."""

    call: str
    ending: str
    error: Exception | None
    posts: list[Any]


Send = Callable[..., Sent]


@pytest.fixture
def send(webhooks: Any, solution: Any) -> Send:
    """Send a message to one of the services."""

    def send(service: str, text: str) -> Sent:
        error, ending = None, "returned."
        try:
            solution.send_message(getattr(webhooks, f"{service}_url"), text)
        except NotImplementedError:
            raise
        except Exception as caught:  # which one is up to the learner
            error, ending = caught, f"raised {type(caught).__name__}: {shorten(str(caught))}"
        return Sent(f"send_message({service}'s, {shorten(text)!r})", ending, error, webhooks.posts)

    return send


def has_no_secret(what: str, text: str, webhooks: Any, where: str) -> None:
    """Check that a text does not tell the address of the webhook, nor the first half of it."""
    paths = [urlsplit(one).path for one in (webhooks.slack_url, webhooks.discord_url)]
    parts = [webhooks.token, *(part for path in paths for part in path.split("/")[-2:])]
    found = next((part for part in parts if part in text), None)
    start = max(text.index(found or "") - 110, 0)
    assert found is None, told(
        f"{what}: a part of the webhook's address beyond the host is in {where}.",
        shorten(text[start : start + 250]).replace(webhooks.token, "(secret)"),
        "In production: logs are copied to places which many may read, and stay there for years."
        " Who has the address can write in your channel under your name. The exceptions of HTTP"
        " libraries quote the whole address, also as the cause of another one: `raise ... from"
        " None` leaves it out.",
    )


def raised_politely(sent: Sent, webhooks: Any, status: int | None = None) -> None:
    """Check that a failure was raised, that it says what is needed, and no secret."""
    lenient = " (`raise_for_status` of requests is content with anything below 400.)"
    assert sent.error is not None and "webhook" in str(sent.error).lower(), told(
        f"{sent.call} {sent.ending}",
        f"The webhook {f'answered {status}' if status else 'gave no answer'}. Expected: an error"
        f" whose text contains the word 'webhook'.{lenient if status == 302 else ''}",
        "In production: nobody is told of the failure, and nobody is told that nobody was told.",
    )
    trace = "".join(traceback.format_exception(sent.error))
    has_no_secret(f"{sent.call} {sent.ending}", trace, webhooks, "the traceback")


@pytest.mark.parametrize("service", SERVICES)
def test_message_is_taken_by_the_service(send: Send, service: str) -> None:
    sent = send(service, "2 of 3 models failed")
    taken = [post for post in sent.posts if 200 <= post.answered < 300]
    host = {"slack": "hooks.slack.com", "discord": "discord.com"}[service]
    right = len(taken) == 1 and taken[0].host == host and "2 of 3 models failed" in taken[0].text
    assert sent.error is None and right, told(
        f"{sent.call} {sent.ending}",
        f"The webhook received: {seen_by(sent.posts) or 'nothing'}. Expected: the text, once,"
        " answered with 200 or 204.",
        "In production: each service has its own form; it answers the other's with 400, and nobody"
        " reads your message.",
    )


@pytest.mark.parametrize("status", [500, 429, 302])
def test_refusal_is_raised_without_the_secret(send: Send, webhooks: Any, status: int) -> None:
    webhooks.will_be(status)
    raised_politely(send("slack", "no customers tonight"), webhooks, status)


def test_dead_webhook_is_raised_without_the_secret(send: Send, webhooks: Any) -> None:
    webhooks.will_be("dead")
    raised_politely(send("discord", "no customers tonight"), webhooks)


def test_silent_webhook_is_given_up(send: Send, webhooks: Any) -> None:
    webhooks.will_be("silent")
    sent = send("slack", "no customers tonight")
    limits = [post.timeout_s for post in sent.posts]
    bounded = all(limit_s is not None and 0 < limit_s <= LONGEST_TIMEOUT_S for limit_s in limits)
    assert limits and bounded and all(post.gave_up for post in sent.posts), told(
        f"{sent.call} {sent.ending}",
        f"The webhook took the request and did not answer. Time-outs of the call: {limits}."
        f" Expected: more than 0 and at most {LONGEST_TIMEOUT_S} s, and an error then."
        " (None waits for ever.)",
        "In production: the pipeline has failed, and the run is 'Running' until noon because it"
        " waits for a chat.",
    )
    raised_politely(sent, webhooks)


def test_long_message_is_taken_by_discord(send: Send) -> None:
    sent = send("discord", "KeyError: tariff. " + "traceback " * 500)
    taken = [post for post in sent.posts if 200 <= post.answered < 300]
    assert sent.error is None and taken and "KeyError: tariff" in taken[0].text, told(
        f"{sent.call} {sent.ending}",
        f"It has 5018 characters. The webhook received: {seen_by(sent.posts) or 'nothing'}."
        " Expected: at least the beginning, answered with 200 or 204.",
        "In production: Discord answers 400 to more than 2000 characters. The longest errors, those"
        " of the worst nights, are the ones that nobody hears of.",
    )


# Task 2: told once, after the last retry


class Share:
    """The file share: fails a scripted number of times when the customers are opened."""

    def __init__(self, path: Path) -> None:
        """Hold two customers."""
        path.write_text("customer_id,contract\n1,monthly\n2,one year\n")
        self.path = path
        self.opened = 0
        self.failures: list[BaseException] = []

    def will_raise(self, *errors: BaseException) -> None:
        """Script the next times that the file is opened; afterwards all is well."""
        self.failures = list(errors)

    def hear(self, event: str, details: tuple[Any, ...]) -> None:
        """Be told by Python of every file that is opened, and refuse this one if scripted."""
        if event == "open" and str(details[0]) == str(self.path):
            self.opened += 1
            if self.failures:
                raise self.failures.pop(0)


@pytest.fixture
def share(tmp_path: Path) -> Iterator[Share]:
    """Mount the share."""
    share = Share(tmp_path / "customers.csv")
    sys.addaudithook(lambda *heard: share.hear(*heard))
    yield share
    share.path = Path()  # an audit hook cannot be taken away


class Night(NamedTuple):
    """One run of the pipeline, and what the world saw of it."""

    call: str
    ending: str
    value: Any
    error: BaseException | None
    run: Any
    tries: int
    posts: list[Any]
    log: str
    warnings: list[str]


Pipeline = Callable[..., Night]


class _Listener(logging.Handler):
    """Keeps what is logged as a file would: with tracebacks."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[tuple[int, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append((record.levelno, logging.Formatter().format(record)))


@pytest.fixture
def pipeline(
    webhooks: Any,
    solution: Any,
    share: Share,
    prefect_history: Any,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Pipeline:
    """Run the pipeline on the share, with the address of a webhook in its environment."""

    def run(service: str | None = "slack", **more: Any) -> Night:
        address = getattr(webhooks, f"{service}_url") if service else ""
        monkeypatch.setenv(VARIABLE, address)
        listener, value, error = _Listener(), None, None
        loggers = [
            logging.getLogger(name) for name in ("", "prefect.flow_runs", "prefect.task_runs")
        ]
        for logger in loggers:
            logger.addHandler(listener)
        capfd.readouterr()
        try:
            value = solution.score_customers(str(share.path), **more)
            ending = f"returned {value!r}."
        except NotImplementedError:
            raise
        except BaseException as caught:  # a crash is part of the play
            error, ending = caught, f"raised {type(caught).__name__}: {shorten(str(caught))}"
        finally:
            for logger in loggers:
                logger.removeHandler(listener)
        lines = dict.fromkeys(listener.lines)  # a record may reach two of the loggers
        printed = "".join(capfd.readouterr())
        runs = prefect_history.flow_runs
        given = "".join(f", {key}={more[key]}" for key in more)
        return Night(
            f"score_customers(path{given})",
            ending,
            value,
            error,
            runs[0] if runs else None,
            share.opened,
            webhooks.posts,
            "\n".join([*(text for _, text in lines), printed]),
            [text for level, text in lines if level >= logging.WARNING],
        )

    return run


def told_times(night: Night, expected: int, production: str) -> None:
    """Check how many messages the webhook took."""
    assert len(night.posts) == expected, told(
        f"{night.call} {night.ending}",
        f"The file was opened {night.tries} times. The webhook received {len(night.posts)}"
        f" messages, {expected} expected: {seen_by(night.posts) or 'none'}",
        f"In production: {production}",
    )


def says_all(night: Night, *parts: str) -> None:
    """Check that the message names flow and run, says some things, and where to look."""
    text = night.posts[0].text
    missing = [part for part in (FLOW, night.run.name, *parts) if part not in text]
    page = re.search(rf"https?://\S*{night.run.id}", text)
    if page is None:
        missing.append(f"an address with the run's id, {night.run.id}")
    assert not missing, told(
        f"{night.call} {night.ending}",
        f"The message: {text!r}",
        f"It lacks: {'; '.join(missing)}.",
        "In production: '3 a.m.: pipeline failed'. Which one, which run, why, and where is the log?"
        " Whoever is on call starts with a search.",
    )


def failed(night: Night, error: type[BaseException], text: str) -> None:
    """Check that the run failed with the pipeline's own error."""
    states = night.run.states if night.run else ["no flow run"]
    own = isinstance(night.error, error) and text in str(night.error)
    right = own and states[-1] == "Failed" and text in night.run.message
    assert right, told(
        f"{night.call} {night.ending}",
        f"States of the flow run: {', '.join(states)}; message: "
        f"{shorten(night.run.message if night.run else '')!r}. Expected: Failed, with"
        f" {error.__name__}: {text}",
        "In production: what has gone wrong is hidden by the telling of it. Somebody mends the"
        " webhook, and the customers are still missing. Or the run is green.",
    )


def test_failure_is_told_once_after_the_last_retry(pipeline: Pipeline, share: Share) -> None:
    share.will_raise(*(OSError(NOT_MOUNTED) for _ in range(9)))
    night = pipeline()
    told_times(
        night,
        1,
        "a channel that cries at each of three attempts is muted within a week."
        if night.posts
        else "nobody knows of the failure until the customers are missing.",
    )
    says_all(night, NOT_MOUNTED)
    failed(night, OSError, NOT_MOUNTED)
    assert night.tries == 3, told(
        f"{night.call} opened the file {night.tries} times, 3 expected.",
        "Expected: the given task, with its two retries.",
        "In production: the share is back after a minute. Nobody waited for it.",
    )


def test_long_error_is_told_on_discord(pipeline: Pipeline, share: Share) -> None:
    share.will_raise(*(OSError(NOT_MOUNTED + ", tried: " + "Z:/x " * 900) for _ in range(9)))
    night = pipeline("discord")
    assert night.posts and night.posts[0].answered == 204, told(
        f"{night.call} raised an OSError with a text of 4500 characters.",
        f"The webhook received: {seen_by(night.posts) or 'nothing'}. Expected: a message that is"
        " answered with 204.",
        "In production: the worst nights have the longest errors.",
    )
    says_all(night, NOT_MOUNTED)


def test_healed_run_is_not_told(pipeline: Pipeline, share: Share) -> None:
    share.will_raise(OSError(NOT_MOUNTED), OSError(NOT_MOUNTED))
    night = pipeline()
    told_times(
        night, 0, "the third try went well. An alert that needs nobody teaches to ignore it."
    )
    assert night.value == 2, told(
        f"{night.call} {night.ending}", "Expected: 2 customers, at the third try."
    )


def test_failure_between_tasks_is_told(pipeline: Pipeline, share: Share) -> None:
    share.path.write_text("customer_id,contract\n")
    night = pipeline()
    told_times(
        night,
        1,
        "all tasks are green and the run has failed: an alert that hangs on the tasks is silent.",
    )
    says_all(night, "no customers")
    failed(night, ValueError, "no customers")


def test_crash_is_told(pipeline: Pipeline, share: Share) -> None:
    share.will_raise(KeyboardInterrupt())
    night = pipeline()
    told_times(
        night,
        1,
        "a machine that is taken away, or somebody's Ctrl-C, ends the run as Crashed. To the engine"
        " that is not Failed, and the failure's hooks are not called.",
    )
    says_all(night)
    states = night.run.states
    assert states[-1] == "Crashed" and isinstance(night.error, KeyboardInterrupt), told(
        f"{night.call} {night.ending}",
        f"States of the flow run: {', '.join(states)}. Expected: Crashed, as without an alert.",
        "In production: who stops a run must see it stopped.",
    )


# Task 3: whatever the webhook does


@pytest.mark.parametrize("mood", [429, "dead", "silent"])
def test_failing_webhook_changes_nothing(
    pipeline: Pipeline, share: Share, webhooks: Any, mood: int | str
) -> None:
    webhooks.will_be(mood)
    share.will_raise(*(OSError(NOT_MOUNTED) for _ in range(9)))
    night = pipeline()
    failed(night, OSError, NOT_MOUNTED)
    asked = night.posts or webhooks.refused_count
    assert asked and any("webhook" in line.lower() for line in night.warnings), told(
        f"{night.call} {night.ending}",
        f"The webhook (mood: {mood}) was {'asked' if asked else 'not asked'}. Warnings and"
        f" errors in the log: {shorten(' | '.join(night.warnings)) or 'none'}",
        "Expected: a warning or an error that contains 'webhook'.",
        "In production: the alerts have been broken since May. Nobody was told, and the log does"
        " not say so either.",
    )
    recorded = f"{night.log}\n{night.run.message}\n{night.run.parameters}\n{night.error}"
    has_no_secret(f"{night.call}, webhook {mood}", recorded, webhooks, "what was recorded")


def test_told_failure_leaves_no_secret(pipeline: Pipeline, share: Share, webhooks: Any) -> None:
    share.will_raise(*(OSError(NOT_MOUNTED) for _ in range(9)))
    night = pipeline()
    told_times(night, 1, "nobody knows.")
    has_no_secret(night.call, night.posts[0].text, webhooks, "the message")
    recorded = f"{night.log}\n{night.run.message}\n{night.run.parameters}"
    has_no_secret(night.call, recorded, webhooks, "what was recorded")


def test_without_an_address_nobody_is_told(pipeline: Pipeline, share: Share) -> None:
    share.will_raise(*(OSError(NOT_MOUNTED) for _ in range(9)))
    night = pipeline(None)
    failed(night, OSError, NOT_MOUNTED)
    told_times(night, 0, "a developer's laptop has no address, and tells nobody.")


# Task 4: success, when asked


def test_success_is_told_only_when_asked(
    pipeline: Pipeline, share: Share, prefect_history: Any
) -> None:
    night = pipeline()
    told_times(
        night, 0, "365 messages a year that say 'fine', and among them the one that matters."
    )
    asked = pipeline(tell_success=True)
    told_times(asked, 1, "the first night of the new model: the team has asked to hear of it.")
    says_all(asked._replace(run=prefect_history.flow_runs[-1]))
    assert (night.value, asked.value) == (2, 2), told(
        f"{night.call} {night.ending} {asked.call} {asked.ending}", "Expected: 2 customers."
    )


def test_success_stays_a_success(pipeline: Pipeline, webhooks: Any) -> None:
    webhooks.will_be(500)
    night = pipeline(tell_success=True)
    states = night.run.states if night.run else ["no flow run"]
    assert night.posts and night.value == 2 and states[-1] == "Completed", told(
        f"{night.call} {night.ending}",
        f"States of the flow run: {', '.join(states)}. The webhook received"
        f" {len(night.posts)} messages and answered 500. Expected: 2 customers, Completed, and an"
        " attempt to tell.",
        "In production: the scores are there, the chat was down, and the night is red.",
    )


def test_asked_success_does_not_double_a_failure(pipeline: Pipeline, share: Share) -> None:
    share.will_raise(*(OSError(NOT_MOUNTED) for _ in range(9)))
    night = pipeline(tell_success=True)
    told_times(night, 1, "one night, one message: it has failed.")
    says_all(night, NOT_MOUNTED)

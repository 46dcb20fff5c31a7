"""What the webhooks of Slack and Discord received, and what the engine recorded meanwhile."""

import asyncio
import contextlib
import dataclasses
import inspect
import os
import re
import sys
import traceback
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from prefect import Flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun
from prefect.flow_engine import run_flow
from prefect.settings import PREFECT_UI_URL, temporary_settings
from prefect.states import Cancelling
from prefect.utilities.urls import url_for

LONGEST_TIMEOUT_S = 60
VARIABLE = "CHURN_WEBHOOK_URL"
FLOW = "score-customers"
NOT_MOUNTED = "share Z is not mounted"
SERVICES = ("slack", "discord")
OTHER_UI = "https://prefect.churn.example/ops"
SOMEBODY_ELSES = "whole-night"
LOUD = ("WARNING", "ERROR", "CRITICAL")


def told(*lines: str) -> str:
    """Write a message for somebody who is stuck, one thought a line."""
    return "\n".join(lines)


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
    logged: str


Send = Callable[..., Sent]


@pytest.fixture
def send(webhooks: Any, solution: Any, written: Any) -> Send:
    """Send a message to one of the services, or to another address."""

    def send(service: str, text: str, url: str = "") -> Sent:
        before, error, ending = len(webhooks.posts), None, "returned."
        url = url or getattr(webhooks, f"{service}_url")
        try:
            with written.hearing():
                solution.send_message(url, text)
        except NotImplementedError:
            raise
        except Exception as caught:  # which one is up to the learner
            error, ending = caught, f"raised {type(caught).__name__}: {shorten(str(caught))}"
        call = f"send_message({service}'s, {shorten(text)!r})"
        return Sent(call, ending, error, webhooks.posts[before:], written.text)

    return send


def lost(text: str, received: str) -> str:
    """Return the first word of a text, or letter beyond ASCII, that did not arrive in its turn."""
    place = 0
    for word in re.findall(r"\w+|[^\x00-\x7f]", text):
        place = received.find(word, place)
        if place < 0:
            return str(word)
        place += len(word)
    return ""


@pytest.fixture
def has_no_secret(webhooks: Any, written: Any) -> Callable[[str, str, str], None]:
    """Check that a text tells nothing of the webhooks' addresses beyond their hosts."""

    def check(what: str, text: str, where: str) -> None:
        urls = (webhooks.slack_url, webhooks.discord_url)
        found = next(filter(None, (written.part_of(url, text) for url in urls)), "")
        start = max(text.index(found) - 110, 0)
        seen = text[start : start + 250] if found else ""
        for secret in {part for url in urls for part in urlsplit(url).path.split("/")[-2:]}:
            seen = seen.replace(secret, "(secret)")
        assert not found, told(
            f"{what}: a part of the webhook's address beyond the host is in {where}.",
            f"{shorten(seen)} (It has {found!r}.)",
            "In production: logs are copied to places which many may read, and stay there for"
            " years. Who has the address can write in your channel under your name; its last four"
            " signs help who guesses. The exceptions of HTTP libraries quote the whole address,"
            " also as the cause of another one: `raise ... from None` leaves it out. And httpx logs"
            " each address that it calls, at level INFO. A page of errors quotes what was asked"
            " for.",
        )

    return check


RaisedPolitely = Callable[..., None]


@pytest.fixture
def raised_politely(has_no_secret: Any, webhooks: Any, clock: Any) -> RaisedPolitely:
    """Check that a failure was raised, that it says what is needed, and no secret."""

    def check(sent: Sent, did: str) -> None:
        hint = ""
        if did.startswith("answered 30"):
            hint = " `raise_for_status` of requests is content with anything below 400."
        if webhooks.followed_count:
            hint = " A redirection was followed by a GET, without the message; that tells nobody."
        assert sent.error is not None and "webhook" in str(sent.error).lower(), told(
            f"{sent.call} {sent.ending}",
            f"The webhook {did}. Expected: an error whose text contains the word 'webhook'.{hint}",
            "In production: nobody is told of the failure, and nobody is told that nobody was"
            " told.",
        )
        trace = "".join(traceback.format_exception(sent.error))
        has_no_secret(f"{sent.call} {sent.ending}", f"{trace}\n{sent.error!r}", "the traceback")
        has_no_secret(f"{sent.call} {sent.ending}", sent.logged, "the log")
        is_bounded(sent.call, sent.posts)
        waited = [wait.seconds for wait in clock.waits]
        assert sum(waited) <= LONGEST_TIMEOUT_S, told(
            f"{sent.call} waited by itself for {waited} s.",
            f"The webhook {did}. Expected: an error then. No Retry-After is waited for.",
            "In production: the pipeline has failed, and the run is 'Running' for an hour, because"
            " a chat has asked for patience.",
        )

    return check


def is_bounded(what: str, posts: list[Any]) -> None:
    """Check that each request had a time-out of its own."""
    limits = [post.timeout_s for post in posts]
    assert all(limit_s and 0 < limit_s <= LONGEST_TIMEOUT_S for limit_s in limits), told(
        f"{what}: time-outs of its requests: {limits}.",
        f"Expected: more than 0 and at most {LONGEST_TIMEOUT_S} s. (None waits for ever.)",
        "In production: the pipeline has failed, and the run is 'Running' until noon because it"
        " waits for a chat.",
    )


def is_asked_once(what: str, posts: list[Any]) -> None:
    """Check that a silent webhook was not asked again."""
    assert len(posts) == 1, told(
        f"{what}: the webhook took the request and did not answer. It was asked {len(posts)}"
        " times. Expected: once.",
        "In production: it has taken the message and is late. The channel has the same alarm twice,"
        " and the run is 'Running' for two time-outs.",
    )


def is_taken(sent: Sent, url: str, text: str, kind: str = "") -> None:
    """Check that a text arrived once, at its address, and was accepted."""
    seen = [(f"https://{post.host}{post.path}", 200 <= post.answered < 300) for post in sent.posts]
    arrived = "\n".join(post.text for post in sent.posts)
    word = lost(text, arrived)
    assert sent.error is None and seen == [(url, True)] and not word, told(
        f"{sent.call} {sent.ending}",
        f"{f'This text has {kind}. ' if kind else ''}The webhook received:"
        f" {seen_by(sent.posts) or 'nothing'}.{f' {word!r} is lost.' if word else ''}"
        f"{' It went to another address.' if seen and seen[0][0] != url else ''}"
        " Expected: the text, once, answered with 200 or 204.",
        "In production: each service has its own form; it answers the other's with 400, and nobody"
        " reads your message. The texts of errors have quotes, line breaks and paths of Windows in"
        " them.",
    )
    is_bounded(sent.call, sent.posts)


@pytest.mark.parametrize("service", SERVICES)
def test_message_is_taken_by_the_service(
    send: Send, webhooks: Any, draw: Any, has_no_secret: Any, service: str
) -> None:
    for kind, text in draw.texts().items():
        sent = send(service, text)
        is_taken(sent, getattr(webhooks, f"{service}_url"), text, kind)
    has_no_secret(sent.call, sent.logged, "the log")


# Which of two messages has which of two texts.
ONE_EACH = ([[True, False], [False, True]], [[False, True], [True, False]])


@pytest.fixture
def sent_at_once(
    webhooks: Any, solution: Any, written: Any, has_no_secret: Any, calls_at_once: Any
) -> Callable[[], None]:
    """Check two messages which are sent at once, by two runs of one worker."""

    def check() -> None:
        before, texts, errors = len(webhooks.posts), ("run one failed", "run two failed"), []

        def sender(text: str) -> Callable[[], None]:
            def send() -> None:
                try:
                    solution.send_message(webhooks.slack_url, text)
                except Exception as error:  # whatever a solution raises is looked at
                    errors.append(error)

            return send

        with written.hearing():
            calls_at_once(webhooks, *map(sender, texts))
        posts = webhooks.posts[before:]
        raised = [f"{type(error).__name__}: {shorten(str(error))}" for error in errors]
        arrived = [[text in post.text for post in posts] for text in texts]
        assert arrived in ONE_EACH and not errors, told(
            "send_message was called twice at once, in two threads, each with one text.",
            f"Errors: {raised or 'none'}. The webhook received: {seen_by(posts) or 'nothing'}."
            " Expected: both texts, once each.",
            "In production: one worker runs two pipelines; both fail, for the share is away, and"
            " the channel hears of one of them.",
        )
        has_no_secret(
            "send_message was called twice at once, in two threads, of which the second was still"
            " at it when the first was over",
            written.text,
            "the log",
        )

    return check


def test_each_message_goes_to_its_own_address(
    send: Send, webhooks: Any, sent_at_once: Callable[[], None]
) -> None:
    slack, discord = webhooks.slack_url, webhooks.discord_url
    other = slack.replace("/B0", "/B9")
    for number, url in enumerate((slack, discord, slack, other, other, discord)):
        if number == 4:
            webhooks.will_be(500)
            send("slack", "2 of 3 models failed", slack)
            webhooks.will_be("well")
        sent = send("slack" if "slack" in url else "discord", "2 of 3 models failed", url)
        is_taken(sent._replace(call=f"call {number + 1}: {sent.call}"), url, "2 of 3 models failed")
    sent_at_once()


@pytest.mark.parametrize("service", SERVICES)
def test_refusal_is_raised_without_the_secret(
    send: Send, webhooks: Any, raised_politely: RaisedPolitely, draw: Any, service: str
) -> None:
    asked = f"Cannot POST {urlsplit(getattr(webhooks, f'{service}_url')).path}"
    drawn = draw.errors()
    quoted = dataclasses.replace(drawn[0], status=404, body=asked, reason=asked)
    for mood in (300, 302, 400, 599, quoted, *drawn):
        webhooks.will_be(mood)
        status = mood if isinstance(mood, int) else f"{mood.status} and {shorten(mood.body)!r}"
        if mood is quoted:
            status = "404, and quoted the address as its reason, beside the status"
        raised_politely(send(service, "no customers tonight"), f"answered {status}")


@pytest.mark.parametrize("service", SERVICES)
def test_dead_webhook_is_raised_without_the_secret(
    send: Send, webhooks: Any, raised_politely: RaisedPolitely, service: str
) -> None:
    for mood, did in (
        ("dead", "refused the connection"),
        ("broken", "closed it unanswered"),
        ("a stranger", "showed the certificate of another host"),
    ):
        webhooks.will_be(mood)
        sent = send(service, "no customers tonight")
        assert mood == "broken" or not sent.posts, told(
            f"{sent.call} {sent.ending}",
            f"The webhook {did}, and was told: {seen_by(sent.posts)}. Expected: nothing is sent.",
            "In production: whoever stands between, a proxy, a hotel's network, is handed the whole"
            " address. That is what the certificate is checked for.",
        )
        raised_politely(sent, did)
    url = getattr(webhooks, f"{service}_url")
    webhooks.will_be(404)
    for typed, how in mistyped(url).items():
        sent = send(service, "no customers tonight", typed)
        raised_politely(sent, f"has an address that was mistyped, {how}")


def mistyped(url: str) -> dict[str, str]:
    """Return what somebody may have pasted instead of an address, and what is wrong with it."""
    host, slash, path = url.removeprefix("https://").partition("/")
    other = {
        url.removeprefix("https://"): "without https://",
        url.replace("//", "/", 1): "with one slash after https:",
        url + "\n": "with a line break at its end",
        f"{url[:-9]} {url[-9:]}": "with a space in it",
    }
    if "slack" in host:  # all of it is what urllib.parse calls the netloc
        windows = (slash + path).replace(slash, "\\")
        other[f"https://{host}{windows}"] = "with backslashes behind the host"
    return other


@pytest.mark.parametrize("service", SERVICES)
def test_silent_webhook_is_given_up(
    send: Send, webhooks: Any, raised_politely: RaisedPolitely, service: str
) -> None:
    webhooks.will_be("silent")
    sent = send(service, "no customers tonight")
    assert sent.posts and all(post.gave_up for post in sent.posts), told(
        f"{sent.call} {sent.ending}",
        f"The webhook took the request and did not answer. Time-outs of the call:"
        f" {[post.timeout_s for post in sent.posts]}. Expected: more than 0 and at most"
        f" {LONGEST_TIMEOUT_S} s, and an error then. (None waits for ever.)",
        "In production: the pipeline has failed, and the run is 'Running' until noon because it"
        " waits for a chat.",
    )
    raised_politely(sent, "took the request and gave no answer")
    is_asked_once(sent.call, sent.posts)


def test_long_message_is_taken_by_discord(send: Send, draw: Any) -> None:
    for kind, text in draw.texts(limit=2000).items():
        if len(text) < 2000:
            continue
        sent = send("discord", text)
        taken = [post for post in sent.posts if 200 <= post.answered < 300]
        begins = taken and not lost(text[:200], taken[0].text)
        assert sent.error is None and begins, told(
            f"{sent.call} {sent.ending}",
            f"It has {len(text)} characters: {kind}. The webhook received:"
            f" {seen_by(sent.posts) or 'nothing'}. Expected: at least the beginning, answered with"
            " 200 or 204.",
            "In production: Discord answers 400 to more than 2000 characters. The longest errors,"
            " those of the worst nights, are the ones that nobody hears of.",
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
        self.meanwhile: Callable[[], object] = list  # what else happens when it is opened

    def will_raise(self, *errors: BaseException) -> None:
        """Script the next times that the file is opened; afterwards all is well."""
        self.failures = list(errors)

    def is_empty(self) -> None:
        """Hold no customers: the run fails after its task has gone well."""
        self.path.write_text("customer_id,contract\n")

    def hear(self, event: str, details: tuple[Any, ...]) -> None:
        """Be told by Python of every file that is opened, and refuse this one if scripted."""
        if event == "open" and str(details[0]) == str(self.path):
            self.opened += 1
            self.meanwhile()
            if self.failures:
                raise self.failures.pop(0)


@pytest.fixture
def share(tmp_path: Path) -> Iterator[Share]:
    """Mount the share."""
    share = Share(tmp_path / "clients d'août {7}.csv")
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
    page: str
    tries: int
    posts: list[Any]
    recorded: str
    warnings: list[str]

    @property
    def states(self) -> list[str]:
        """Return the states of the flow run."""
        return self.run.states if self.run else ["no flow run"]


Pipeline = Callable[..., Night]


@pytest.fixture
def pipeline(
    webhooks: Any,
    solution: Any,
    share: Share,
    prefect_history: Any,
    written: Any,
    prefect_told: list[str],
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Pipeline:
    """Run the pipeline on the share, with the address of a webhook in its environment."""

    def run(address: str | None = "slack", ui: str = "", how: Way = called, **more: Any) -> Night:
        known = {"slack": webhooks.slack_url, "discord": webhooks.discord_url}
        if address is None:
            monkeypatch.delenv(VARIABLE, raising=False)
        else:
            monkeypatch.setenv(VARIABLE, known.get(address, address))
        posts, tries, count = len(webhooks.posts), share.opened, prefect_history.flow_run_count
        value, error, page = None, None, ""
        capfd.readouterr()
        prefect_told.clear()
        with temporary_settings({PREFECT_UI_URL: ui}) if ui else contextlib.nullcontext():
            try:
                with written.hearing():
                    value = how(solution.score_customers, str(share.path), **more)
                ending = f"returned {value!r}."
            except NotImplementedError:
                raise
            except BaseException as caught:  # a crash is part of the play
                error, ending = caught, f"raised {type(caught).__name__}: {shorten(str(caught))}"
            runs = prefect_history.flow_runs[count:]
            own = next((one for one in runs if one.flow_name != SOMEBODY_ELSES), None)
            if own is not None:
                page = url_for("flow-run", obj_id=own.id) or ""
        trace = "".join(traceback.format_exception(error)) if error else ""
        given = "".join(f", {key}={more[key]}" for key in more)
        return Night(
            f"score_customers(path{given}){SAID.get(how, '')}",
            ending,
            value,
            error,
            own,
            page,
            share.opened - tries,
            webhooks.posts[posts:],
            "\n".join(
                [written.text, *capfd.readouterr(), repr(own), repr(error), trace, *prefect_told]
            ),
            [text for level, text in own.logs if level in LOUD] if own else [],
        )

    return run


def called(flow: Any, path: str, **more: Any) -> Any:
    """Call a flow."""
    return flow(path, **more)


def deployed(flow: Any, path: str) -> Any:
    """Run a flow as a deployment's run is: made through the API, with its own parameters only."""
    if not isinstance(flow, Flow):
        return flow(path)
    with get_client(sync_client=True) as client:
        flow_run = client.create_flow_run(flow, parameters={"path": path})
    return awaited(run_flow(flow, flow_run=flow_run))


def as_a_subflow(flow: Any, path: str, **more: Any) -> Any:
    """Call a flow in a flow of somebody else's, who tells nobody."""

    def whole_night() -> Any:
        return flow(path, **more)

    return Flow(whole_night, name=SOMEBODY_ELSES)()


def in_an_async_flow(flow: Any, path: str) -> Any:
    """Call a flow, by its one name, in an async flow of somebody else's: an event loop runs."""

    async def whole_night() -> Any:
        value = by_one_name(flow, path)
        return await value if inspect.isawaitable(value) else value

    return awaited(Flow(whole_night, name=SOMEBODY_ELSES)())


def by_one_name(flow: Any, path: str) -> Any:
    """Call a flow whose runs all have one name: only their ids differ."""
    named = isinstance(flow, Flow)
    return flow.with_options(flow_run_name="nightly")(path) if named else flow(path)


def with_a_retry(flow: Any, path: str) -> Any:
    """Call a flow that is tried again when it has failed; after a crash nothing is."""
    return flow.with_options(retries=1)(path) if isinstance(flow, Flow) else flow(path)


Way = Callable[..., Any]
SAID = {
    deployed: ", run as a deployment's is, with the parameter `path` alone,",
    by_one_name: ", with_options(flow_run_name='nightly'),",
    in_an_async_flow: ", in an async flow of somebody else's,",
    as_a_subflow: ", in a flow of somebody else's,",
    with_a_retry: ", with_options(retries=1),",
}


def awaited(value: Any) -> Any:
    """Return what awaiting a value gives, if it is there to be awaited."""

    async def wait() -> Any:
        return await value

    return asyncio.run(wait()) if inspect.isawaitable(value) else value


def stop(flow: Any) -> None:
    """Do what Prefect's runner does when somebody has cancelled a run: call the hooks for it."""
    run = FlowRun(flow_id=uuid.uuid4(), name="stopped-by-hand", parameters={})
    for hook in getattr(flow, "on_cancellation_hooks", None) or []:
        with contextlib.suppress(Exception):  # outside of a run there is no run's log
            awaited(hook(flow, run, Cancelling()))


def told_times(night: Night, expected: int, production: str) -> None:
    """Check how many messages the webhook took."""
    assert len(night.posts) == expected, told(
        f"{night.call} {night.ending}",
        f"The file was opened {night.tries} times. The webhook received {len(night.posts)}"
        f" messages, {expected} expected: {seen_by(night.posts) or 'none'}",
        f"In production: {production}",
    )
    is_bounded(night.call, night.posts)


def says_all(night: Night, error: str = "") -> None:
    """Check that the message names flow, run and error, and where to look."""
    text = night.posts[0].text
    missing = [part for part in (FLOW, night.run.name) if part not in text]
    if lost(error, text):
        missing.append(f"{lost(error, text)!r} of the error's text {shorten(error)!r}")
    older = night.page.replace("/runs/flow-run/", "/flow-runs/flow-run/")  # of `runtime.flow_run`
    if night.page not in text and older not in text:
        missing.append(f"the address of the run's page, {night.page}")
    assert not missing, told(
        f"{night.call} {night.ending}",
        f"The message: {shorten(text)!r}, answered {night.posts[0].answered or 'nothing'}",
        f"It lacks: {'; '.join(missing)}.",
        "In production: '3 a.m.: pipeline failed'. Which one, which run, why, and where is the log?"
        " Whoever is on call starts with a search.",
    )


def failed(night: Night, error: type[BaseException], text: str) -> None:
    """Check that the run failed with the pipeline's own error."""
    own = isinstance(night.error, error) and text in str(night.error)
    right = own and night.states[-1] == "Failed" and text in night.run.message
    assert right, told(
        f"{night.call} {night.ending}",
        f"States of the flow run: {', '.join(night.states)}; message: "
        f"{shorten(night.run.message if night.run else '')!r}. Expected: Failed, with"
        f" {error.__name__}: {shorten(text)}",
        "In production: what has gone wrong is hidden by the telling of it. Somebody mends the"
        " webhook, and the customers are still missing. Or the run is green.",
    )


def crashed(night: Night, error: type[BaseException]) -> None:
    """Check that the run crashed as it would have without an alert."""
    assert night.states[-1] == "Crashed" and isinstance(night.error, error), told(
        f"{night.call} {night.ending}",
        f"States of the flow run: {', '.join(night.states)}. Expected: Crashed, with"
        f" {error.__name__}, as without an alert.",
        "In production: who stops a run must see it stopped.",
    )


def test_failure_is_told_once_after_the_last_retry(
    pipeline: Pipeline, share: Share, draw: Any
) -> None:
    def is_told(draw: Any) -> None:
        text = "; ".join([NOT_MOUNTED, *draw.texts().values()])
        share.will_raise(*(OSError(text) for _ in range(9)))
        night = pipeline(ui=OTHER_UI)
        told_times(
            night,
            1,
            "a channel that cries at each of three attempts is muted within a week."
            if night.posts
            else "nobody knows of the failure until the customers are missing.",
        )
        says_all(night, text)
        failed(night, OSError, text)
        assert night.tries == 3, told(
            f"{night.call} opened the file {night.tries} times, 3 expected.",
            "Expected: the given task, with its two retries.",
            "In production: the share is back after a minute. Nobody waited for it.",
        )

    draw.explain(is_told)


def test_long_error_is_told_on_discord(pipeline: Pipeline, share: Share) -> None:
    text = NOT_MOUNTED + ", tried: " + "Z:/é 🔥" * 900
    share.will_raise(*(TimeoutError(text) for _ in range(9)))  # that is an OSError, too
    night = pipeline("discord")
    assert night.posts and night.posts[0].answered == 204, told(
        f"{night.call} raised a TimeoutError, as a share that hangs does, with a text of"
        f" {len(text)} characters. States of the flow run: {', '.join(night.states)}.",
        f"The webhook received: {seen_by(night.posts) or 'nothing'}. Expected: a message that is"
        " answered with 204.",
        "In production: the worst nights have the longest errors; and a state has more names than"
        " types: TimedOut is of the type Failed.",
    )
    says_all(night, NOT_MOUNTED)


def test_next_night_is_told_at_the_address_it_then_has(
    pipeline: Pipeline, share: Share, webhooks: Any, laws: Any
) -> None:
    laws.lift("environment", "this test changes the address while the run works")
    share.path.unlink()
    night = pipeline(how=in_an_async_flow)
    told_times(
        night,
        1,
        "whoever starts it has an event loop that runs, as a flow that is async or a notebook has."
        " There `asyncio.run` refuses to start another one, and nobody knows of the failure.",
    )
    says_all(night, str(night.error))  # it has the file's name; its `repr` has not
    share.meanwhile = lambda: os.environ.update({VARIABLE: webhooks.discord_url})
    night = pipeline(how=by_one_name)
    hosts = [post.host for post in night.posts]
    assert hosts == ["discord.com"], told(
        f"{night.call} {night.ending} It failed the same way, under the same name, the night"
        " before, and told Slack.",
        f"While it ran, {VARIABLE} was changed to Discord's. Messages went to: {hosts or 'nobody'}."
        " Expected: one, to Discord.",
        "In production: the address was changed because strangers had it. It is read when there is"
        " something to tell; and a failure of tonight is news, though yesterday's was the same.",
    )
    says_all(night, str(night.error))


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
    share.is_empty()
    night = pipeline(how=deployed)
    told_times(
        night,
        1,
        "all tasks are green and the run has failed: an alert that hangs on the tasks is silent."
        " And a run of a deployment has the parameters that it was given, without the defaults.",
    )
    text = f"{share.path.name} has no customers"
    says_all(night, text)
    failed(night, ValueError, text)


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_crash_is_told(
    pipeline: Pipeline, share: Share, solution: Any, webhooks: Any, error: type[BaseException]
) -> None:
    share.will_raise(error())
    night = pipeline(how=with_a_retry if error is SystemExit else called)
    told_times(
        night,
        1,
        "a machine that is taken away, or somebody's Ctrl-C, ends the run as Crashed. To the engine"
        " that is not Failed, and the failure's hooks are not called; nor is it tried again, though"
        " the flow has retries. Whether a try was the last one, the engine knows.",
    )
    says_all(night)
    crashed(night, error)
    before = len(webhooks.posts)
    stop(solution.score_customers)
    more = webhooks.posts[before:]
    assert not more, told(
        "Somebody has cancelled a run, and Prefect called the hooks of score_customers for that."
        f" The webhook received: {seen_by(more)}.",
        "Expected: no message. The run has neither failed nor crashed.",
        "In production: who stops a run knows it, and everybody else is called.",
    )


# Task 3: whatever the webhook does


def warned(night: Night, webhooks: Any, mood: Any) -> None:
    """Check that the run's log says that nobody was told."""
    asked = night.posts or webhooks.refused_count or mood == "mistyped"
    assert asked and any("webhook" in line.lower() for line in night.warnings), told(
        f"{night.call} {night.ending}",
        f"The webhook (mood: {mood}) was {'asked' if asked else 'not asked'}. Warnings and"
        f" errors in the run's log: {shorten(' | '.join(night.warnings)) or 'none'}",
        "Expected: a warning or an error that contains 'webhook'.",
        "In production: the alerts have been broken since May. Nobody was told, and the log does"
        " not say so either.",
    )
    is_bounded(night.call, night.posts)


@pytest.mark.parametrize("mood", [429, "dead", "silent", "broken", "mistyped", "429 to a crash"])
def test_failing_webhook_changes_nothing(
    pipeline: Pipeline, share: Share, webhooks: Any, has_no_secret: Any, mood: int | str
) -> None:
    share.is_empty()
    address = "slack"
    if mood == "mistyped":
        address = webhooks.slack_url.removeprefix("https://")
    elif mood == "429 to a crash":
        share.will_raise(KeyboardInterrupt())
        webhooks.will_be(429)
    else:
        webhooks.will_be(mood)
    night = pipeline(address)
    if mood == "429 to a crash":
        crashed(night, KeyboardInterrupt)
    else:
        failed(night, ValueError, "no customers")
    warned(night, webhooks, mood)
    if mood == "silent":
        is_asked_once(night.call, night.posts)
    has_no_secret(f"{night.call}, webhook {mood}", night.recorded, "what was recorded")


def test_told_failure_leaves_no_secret(
    pipeline: Pipeline, share: Share, has_no_secret: Any
) -> None:
    share.is_empty()
    night = pipeline()
    told_times(night, 1, "nobody knows.")
    has_no_secret(night.call, night.posts[0].text, "the message")
    has_no_secret(night.call, night.recorded, "what was recorded")


@pytest.mark.parametrize("address", ["", None], ids=["empty", "not there"])
def test_without_an_address_nobody_is_told(
    pipeline: Pipeline, share: Share, address: str | None
) -> None:
    share.is_empty()
    night = pipeline(address)
    failed(night, ValueError, "no customers")
    told_times(night, 0, "a developer's laptop has no address, and tells nobody.")


# Task 4: success, when asked


def test_success_is_told_only_when_asked(pipeline: Pipeline, has_no_secret: Any) -> None:
    nights = [pipeline(**more) for more in ({"tell_success": True}, {"how": deployed})]
    for night, expected in zip(nights, (1, 0), strict=True):
        told_times(
            night,
            expected,
            "the first night of the new model: the team has asked to hear of it. The 365 messages"
            " a year that say 'fine' hide the one that matters.",
        )
        has_no_secret(night.call, night.recorded, "what was recorded")
        assert night.value == 2, told(f"{night.call} {night.ending}", "Expected: 2 customers.")
    says_all(nights[0])


@pytest.mark.parametrize("mood", [500, "dead"])
def test_success_stays_a_success(pipeline: Pipeline, webhooks: Any, mood: int | str) -> None:
    webhooks.will_be(mood)
    night = pipeline(tell_success=True)
    assert night.value == 2 and night.states[-1] == "Completed", told(
        f"{night.call} {night.ending}",
        f"States of the flow run: {', '.join(night.states)}. The webhook: {mood}. Expected: 2"
        " customers, Completed.",
        "In production: the scores are there, the chat was down, and the night is red.",
    )
    warned(night, webhooks, mood)


def test_asked_success_does_not_double_a_failure(pipeline: Pipeline, share: Share) -> None:
    share.is_empty()
    night = pipeline(how=as_a_subflow, tell_success=True)
    told_times(
        night,
        1,
        "one night, one message: it has failed. Who has called it has other things to tell.",
    )
    says_all(night, "no customers")

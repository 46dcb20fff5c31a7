"""Examine 11_notifications: nights that end as drawn, and what the webhooks outside were told.

The webhooks are served outside, under their own names and over TLS; only the way there leads, as in
the kata's own world, through what the submission's process does (`meet`).
"""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dojo.exam.engine_account import FlowRun
from dojo.exam.outside_api import certificates
from dojo.exam.stage import Desk, examines
from dojo.world.draw import Draw, Reply
from dojo.world.http.webhook import Mood, Post
from dojo.world.logged import part_of

_FLOW = "score-customers"
_SERVICES = ("slack", "discord")
_PLAYED_INSIDE = ("dead", "silent")
_LONGEST_WAIT_S = 60
_LOUD = ("WARNING", "ERROR", "CRITICAL")

Told = dict[str, Any]
Failures = list[list[str]]


def _address(desk: Desk, service: str) -> str:
    return desk.api.webhooks.slack_url if service == "slack" else desk.api.webhooks.discord_url


def _meet(desk: Desk, mood: Mood) -> None:
    desk.api.webhooks.will_be(mood)
    authority = desk.write("authority.pem", certificates()[0])
    secrets = [_address(desk, service) for service in _SERVICES]
    inside = mood if mood in _PLAYED_INSIDE else "well"
    desk.run_with("meet", desk.api.port, authority, secrets, inside)


def _draw(desk: Desk) -> Draw:
    return Draw(desk.rng.randrange(2**32))


def _words(desk: Desk, start: str) -> str:
    return f"{start} {desk.rng.randrange(10**6)}"


def _posts(desk: Desk) -> list[Post]:
    return desk.api.webhooks.posts


def _times_asked(desk: Desk) -> int:
    return len(_posts(desk)) + desk.api.webhooks.refused_count


def _has_arrived(text: str, received: str) -> bool:
    """Say whether the words of a text, and its letters beyond ASCII, have arrived in their turn."""
    place = 0
    for word in re.findall(r"\w+|[^\x00-\x7f]", text):
        place = received.find(word, place)
        if place < 0:
            return False
        place += len(word)
    return True


def _sent(desk: Desk, url: str, text: str) -> Told:
    """Send a message; return what came of it, and what the webhooks saw."""
    before = len(_posts(desk))
    outcome = desk.run_with("send", url, text)
    posts = _posts(desk)[before:]
    told = outcome.returned if isinstance(outcome.returned, dict) else {"raised": outcome.raised}
    seen = [(f"https://{post.host}{post.path}", post.answered // 100) for post in posts]
    return {**told, "taken there": seen == [(url, 2)], "posts": posts}


def _note_sent(desk: Desk, what: str, told: Told, **more: Any) -> None:
    desk.note(what, {name: one for name, one in told.items() if name != "posts"} | more)


@examines(1, rests_on=("outside", "word"))
def each_service_takes_it(desk: Desk) -> None:
    """Send texts of all kinds to either service, short and long; then to one address and another.

    Of a text that is too long for Discord the end may be left out.
    """
    _meet(desk, "well")
    draw = _draw(desk)
    for service in _SERVICES:
        for kind, text in draw.texts(limit=2000).items():
            told = _sent(desk, _address(desk, service), text)
            arrived = "\n".join(post.text for post in told["posts"])
            whole = text if len(text) < 2000 else text[:200]
            _note_sent(desk, f"{service}, {kind}", told, arrived=_has_arrived(whole, arrived))
    slack, discord = (_address(desk, service) for service in _SERVICES)
    other, text = slack.replace("/B0", "/B9"), _words(desk, "models failed:")
    for number, url in enumerate((slack, discord, slack, other, "", other, discord)):
        desk.api.webhooks.will_be("well" if url else 500)
        _note_sent(desk, f"address {number}", _sent(desk, url or slack, text))


@examines(1, rests_on=("outside", "word"))
def two_are_sent_at_once(desk: Desk) -> None:
    """Send two messages at once, of which one is taken before the other."""
    _meet(desk, "well")
    texts = [_words(desk, "no customers in run") for _ in range(2)]
    url = _address(desk, desk.rng.choice(_SERVICES))
    desk.note("what was written down", desk.run_with("send_at_once", url, texts).told)
    posts = _posts(desk)
    arrived = [[post.text for post in posts if _has_arrived(text, post.text)] for text in texts]
    desk.note("each arrived", [len(one) for one in arrived])
    desk.note("messages", len(posts))
    desk.note("each was taken", [200 <= post.answered < 300 for post in posts])


@examines(1, rests_on=("outside", "word"))
def a_failure_is_raised_without_the_secret(desk: Desk) -> None:
    """Refuse messages, take no connection, take it and say nothing; be a mistyped address."""
    rng, draw = desk.rng, _draw(desk)
    for service in _SERVICES:
        url = _address(desk, service)
        asked = f"Cannot POST {urlsplit(url).path}"
        drawn = draw.errors((*range(400, 600, 7), 599))
        quoted = dataclasses.replace(drawn[0], status=404, body=asked, reason=asked)
        moods: list[Mood] = [300, 302, rng.choice((301, 303, 307, 308)), 400, 599, quoted, *drawn]
        moods += ["broken", "a stranger", "dead", "silent"]
        rng.shuffle(moods)
        for number, mood in enumerate(moods):
            _meet(desk, mood)
            before = _times_asked(desk)
            told = _sent(desk, url, _words(desk, "no customers"))
            shown = f"{mood.status}, {mood.quality}" if isinstance(mood, Reply) else mood
            asked_times = _times_asked(desk) - before
            more: Told = {"it was asked": asked_times > 0 or mood == "a stranger"}
            if mood == "a stranger":
                more = {"it was told": len(told["posts"])}
            elif mood == "silent":
                more = {"gave up": [post.gave_up for post in told["posts"]]}
            _note_sent(desk, f"{service}, {number}: {shown}", told, **more)
        desk.note(f"{service}: redirections followed", desk.api.webhooks.followed_count)
        _meet(desk, 404)
        for how, typed in _mistyped(url).items():
            told = _sent(desk, typed, _words(desk, "no customers"))
            _note_sent(desk, f"{service}, mistyped {how}", told)
    desk.note("no longer than a minute was waited", desk.elapsed_s <= _LONGEST_WAIT_S)


def _mistyped(url: str) -> dict[str, str]:
    """Return what somebody may have pasted instead of an address, by what is wrong with it."""
    host, slash, path = url.removeprefix("https://").partition("/")
    other = {
        "without https://": url.removeprefix("https://"),
        "with one slash after https:": url.replace("//", "/", 1),
        "with a line break at its end": url + "\n",
        "with a space in it": f"{url[:-9]} {url[-9:]}",
    }
    if "slack" in host:
        other["with backslashes"] = f"https://{host}" + (slash + path).replace("/", "\\")
    return other


class _Nights:
    """The nights of one scenario: how each of them ended, and what the webhook was told."""

    def __init__(self, desk: Desk, *, is_refused: bool = False) -> None:
        """Begin; what a webhook's refusal may tell of its address is looked at if it is asked."""
        self._desk = desk
        self._is_refused = is_refused
        self._ui = f"https://prefect-{desk.rng.randrange(10**6)}.example/ops"
        self.file = f"clients d'août {{{desk.rng.randrange(10**6)}}}.csv"
        self._told: list[tuple[str, list[Post], list[str]]] = []

    def one(
        self,
        what: str,
        failures: Failures,
        *says: str,
        messages: int = 1,
        customers: int = 3,
        mood: Mood = "well",
        address: str | None = "slack",
        how: str = "called",
        later: str = "",
        **more: Any,
    ) -> None:
        """Run a night and note how it ended, as the caller and the webhook saw it.

        Args:
            what: What is special.
            failures: How the file fails to open, time by time.
            says: What each message must say.
            messages: How many of them are looked at, of those that there should be.
            customers: How many there are tonight.
            mood: The webhook's.
            address: Whose address is in the environment; or another one, or None.
            how: It is called; a key of `_WAYS` in `inside.py`.
            later: Whose address is in the environment when the file is opened.
            more: Arguments of the flow.
        """
        desk = self._desk
        _meet(desk, mood)
        known = {service: _address(desk, service) for service in _SERVICES}
        lines = ["customer_id,contract", *(f"{number},monthly" for number in range(customers))]
        path = desk.write(self.file, "\n".join(lines) + "\n")
        posts, asked, logged = len(_posts(desk)), _times_asked(desk), len(desk.engine().logs)
        place = known.get(address or "", address)
        asking = (path, failures, how, more, self._ui, place, known.get(later, ""))
        outcome = desk.run_with("night", *asking)
        told = outcome.returned if isinstance(outcome.returned, dict) else {}
        kinds = told.get("raised") or []
        text = str(told.get("text"))
        seen: Told = {
            "returned": told.get("returned"),
            "its own error": kinds[:1] if failures else "ValueError" in kinds,
            "with its text": all(part in text for part in says),
            "has a time-out": told.get("has a time-out"),
        }
        if mood == "well" or self._is_refused:
            seen["tells the secret"] = told.get("tells the secret")
        posts_now = _posts(desk)[posts:]
        if mood == "well":
            seen["messages"] = len(posts_now)
            seen["to"] = [post.host for post in posts_now]
            seen["taken"] = [200 <= post.answered < 300 for post in posts_now]
            if messages:
                self._told.append((what, posts_now, list(says)))
        else:
            loud = [one.lower() for level, one in desk.engine().logs[logged:] if level in _LOUD]
            if address in known:
                seen["it was asked"] = _times_asked(desk) > asked
            seen["the log says so"] = any("webhook" in one for one in loud)
        if mood == "silent":
            seen["it was given up, once"] = [post.gave_up for post in posts_now]
        desk.note(what, seen)

    def end(self) -> None:
        """Note what the messages name, how the runs ended, and whether a secret is written down."""
        desk = self._desk
        desk.note("seconds waited", desk.elapsed_s)
        logs = str(desk.engine().logs)
        runs = desk.flow_runs()
        own = [run for run in runs if run.flow == _FLOW]
        desk.note("the runs ended in", [run.states[-1] for run in own])
        text = str([post.text for _, posts, _ in self._told for post in posts])
        # All of it: behind what is too long to be read anything could be written down.
        printed = desk.read(str(Path("tmp") / desk.folder.name / "output.txt"), 64 << 20) or b""
        written = "\n".join([logs, str(runs), printed.decode(errors="replace"), text])
        urls = [_address(desk, service) for service in _SERVICES]
        if self._is_refused:
            desk.note("the secret is written down", any(part_of(url, written) for url in urls))
        for what, posts, says in self._told:
            post = posts[0] if posts else None
            run = next((one for one in own if post and one.id in post.text), None)
            desk.note(f"{what}: the message names", self._named(post, run, says))

    def _named(self, post: Post | None, run: FlowRun | None, says: list[str]) -> Told:
        if post is None or run is None:
            return {"a run": False}
        pages = [f"{self._ui}/{part}/flow-run/{run.id}" for part in ("runs", "flow-runs")]
        return {
            "flow": run.flow in post.text,
            "run": run.name in post.text,
            "page": any(page in post.text for page in pages),
            "error": all(_has_arrived(part, post.text) for part in says),
        }


@examines(2, rests_on=("outside", "record", "word"))
def a_failure_is_told_once(desk: Desk) -> None:
    """Fail at each of three tries, with texts of all kinds; then between the tasks."""
    nights = _Nights(desk)
    share = "; ".join([_words(desk, "share is not mounted:"), *_draw(desk).texts().values()])
    nights.one("three tries", [["OSError", share]] * 9, share)
    late = _words(desk, "share hangs:")
    long = f"{late}, tried: " + "Z:/é 🔥" * desk.rng.randint(500, 1500)
    nights.one("a long one", [["TimeoutError", long]] * 9, late, address="discord")
    nights.one("between the tasks", [], "no customers", customers=0, how="deployed")
    nights.end()


@examines(2, rests_on=("outside", "record", "word"))
def the_next_night_is_told_too(desk: Desk) -> None:
    """Find no file under one name: in an async flow, then by itself; the address has changed."""
    nights = _Nights(desk)
    for later, how in (("", "in an async flow"), ("discord", "by one name")):
        text = _words(desk, "No such file:")
        says = (text, nights.file)  # an error's `repr` does not name the file
        nights.one(how, [["FileNotFoundError", text]] * 3, *says, how=how, later=later)
    nights.end()


@examines(2, rests_on=("outside", "record", "word"))
def what_heals_is_not_told(desk: Desk) -> None:
    """Fail once or twice, and then no more; have a run be cancelled."""
    nights, count = _Nights(desk), desk.rng.randint(2, 9)
    failures = [["OSError", _words(desk, "no share")]] * desk.rng.randint(1, 2)
    nights.one("it heals", failures, messages=0, customers=count)
    before = len(_posts(desk))
    desk.run_with("stop")
    desk.note("messages of a cancelled run", len(_posts(desk)) - before)
    nights.end()


@examines(2, rests_on=("outside", "record", "word"))
def a_crash_is_told(desk: Desk) -> None:
    """Be interrupted at a drawn try; be taken away, though the flow would be tried again."""
    nights = _Nights(desk)
    failures = [["OSError", _words(desk, "no share")]] * desk.rng.randint(0, 2)
    nights.one("interrupted", [*failures, ["KeyboardInterrupt", ""]])
    nights.one("taken away", [["SystemExit", ""]], how="with a retry")
    nights.end()


@examines(3, rests_on=("outside", "record", "word"))
def the_webhook_changes_nothing(desk: Desk) -> None:
    """Fail while the webhook refuses, is dead, silent, broken, mistyped; crash while it refuses."""
    nights, rng = _Nights(desk, is_refused=True), desk.rng
    moods: list[Mood] = [rng.randrange(430, 600), 302, 429, "dead", "silent", "broken"]
    rng.shuffle(moods)
    for mood in moods:
        nights.one(f"it is {mood}", [], "no customers", customers=0, mood=mood)
    mistyped = desk.api.webhooks.slack_url.removeprefix("https://")
    nights.one("mistyped", [], "no customers", customers=0, mood=404, address=mistyped)
    text = _words(desk, "share is not mounted:")
    nights.one("the task fails", [["OSError", text]] * 3, text, mood=rng.randrange(400, 600))
    nights.one("a crash", [["KeyboardInterrupt", ""]], mood=rng.randrange(400, 600))
    nights.end()


@examines(3, rests_on=("outside", "record", "word"))
def no_secret_and_no_address(desk: Desk) -> None:
    """Tell a failure and look for the secret; then fail without an address."""
    nights = _Nights(desk, is_refused=True)
    for what, address in (
        ("told", "slack"),
        ("empty", ""),
        ("not there", None),
        ("again", "slack"),
    ):
        text = _words(desk, "share is not mounted:")
        nights.one(what, [["OSError", text]] * 3, text, messages=bool(address), address=address)
    nights.end()


@examines(4, rests_on=("outside", "record", "word"))
def a_success_is_told_when_asked(desk: Desk) -> None:
    """Go well, asked for and not asked for, and while the webhook refuses or is dead."""
    nights, rng = _Nights(desk), desk.rng
    nights.one("asked", [], customers=rng.randint(1, 9), tell_success=True)
    ways: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("not asked", "deployed", {}),
        ("by default", "called", {}),
        ("asked not to", "in a flow", {"tell_success": False}),
    )
    for what, how, more in ways:
        count = rng.randint(1, 9)
        nights.one(what, [], messages=0, customers=count, how=how, **more)
    nights.one("asked in an async flow", [], how="in an async flow", tell_success=True)
    for mood in (rng.randrange(400, 600), "dead"):
        nights.one(f"it is {mood}", [], customers=rng.randint(1, 9), mood=mood, tell_success=True)
    nights.end()


@examines(4, rests_on=("outside", "record", "word"))
def a_failure_is_no_success(desk: Desk) -> None:
    """Fail although a success was to be told, in somebody else's flow, too."""
    nights = _Nights(desk)
    text = _words(desk, "share is not mounted:")
    nights.one("it fails", [["OSError", text]] * 3, text, tell_success=True)
    nights.one("in a flow", [], "no customers", customers=0, how="in a flow", tell_success=True)
    nights.end()

"""Examine 11_notifications: nights that end as drawn, and what the webhooks outside were told.

The webhooks are served outside, under their own names and over TLS; only the way there leads, as in
the kata's own world, through what the submission's process does (`meet`).
"""

from __future__ import annotations

import re
from pathlib import Path

from dojo.exam.engine_account import FlowRun
from dojo.exam.outside_api import certificates
from dojo.exam.stage import Desk, Outcome, examines
from dojo.world.http.webhook import Mood, Post

_REFUSALS = (400, 403, 404, 429, 500, 503)


def _address(desk: Desk, service: str) -> str:
    return desk.api.webhooks.slack_url if service == "slack" else desk.api.webhooks.discord_url


def _meet(desk: Desk, mood: Mood, address: str = "") -> None:
    desk.api.webhooks.will_be(mood)
    authority = desk.write("authority.pem", certificates()[0])
    desk.run_with("meet", desk.api.port, authority, address, mood)


def _words(desk: Desk, start: str) -> str:
    return f"{start} {desk.rng.randrange(10**6)}"


def _posts(desk: Desk) -> list[Post]:
    return desk.api.webhooks.posts


def _times_asked(desk: Desk) -> int:
    return len(_posts(desk)) + desk.api.webhooks.refused_count


@examines(1)
def each_service_takes_it(desk: Desk) -> None:
    """Send a short and a long message to either service."""
    _meet(desk, "well")
    drawn = [(one, length) for one in ("slack", "discord") for length in (0, 1200)]
    desk.rng.shuffle(drawn)
    for service, length in drawn:
        text = _words(desk, "models failed:") + ". " + "traceback " * length
        before = len(_posts(desk))
        outcome = desk.run_with("send", _address(desk, service), text)
        posts = _posts(desk)[before:]
        desk.note(
            f"{service}, {len(text)} characters",
            {
                "raised": outcome.raised or bool(outcome.returned),
                "hosts": [post.host for post in posts],
                "taken": [200 <= post.answered < 300 for post in posts],
                "its beginning arrived": [text[:20] in post.text for post in posts],
            },
        )


@examines(1)
def a_failure_is_raised_without_the_secret(desk: Desk) -> None:
    """Refuse a message, take no connection, take it and say nothing."""
    moods: list[Mood] = [desk.rng.choice(_REFUSALS), "dead", "silent"]
    desk.rng.shuffle(moods)
    for mood in moods:
        _meet(desk, mood)
        before = _times_asked(desk)
        url = _address(desk, desk.rng.choice(("slack", "discord")))
        outcome = desk.run_with("send", url, _words(desk, "no customers"))
        told = outcome.returned if isinstance(outcome.returned, dict) else {}
        desk.note(
            f"a webhook that is {mood}",
            {
                "it was asked": _times_asked(desk) > before,
                "names the webhook": "webhook" in str(told.get("text")).lower(),
                "tells the secret": desk.api.webhooks.token in str(told),
            },
        )
        if mood == "silent":
            desk.note("it was given up", [post.gave_up for post in _posts(desk)[-1:]])


def _night(
    desk: Desk,
    failures: list[str | None],
    *,
    mood: Mood = "well",
    address: str | None = None,
    customers: int = 3,
    tell_success: bool | None = None,
) -> Outcome:
    """Run one night on drawn customers; None: without the parameter."""
    # Slack's: whether Discord is told as well is task 1.
    _meet(desk, mood, _address(desk, "slack") if address is None else address)
    lines = ["customer_id,contract", *(f"{number},monthly" for number in range(customers))]
    path = desk.write(f"night-{desk.rng.randrange(10**6)}.csv", "\n".join(lines) + "\n")
    more = {} if tell_success is None else {"tell_success": tell_success}
    return desk.run_with("night", path, failures, more)


def _says(post: Post | None, run: FlowRun, *parts: str) -> dict[str, bool]:
    """Tell which of what a message must have it has."""
    text = post.text if post else ""
    return {
        "flow": run.flow in text,
        "run": run.name in text,
        "page": re.search(rf"https?://\S*{run.id}", text) is not None,
        **{part: part in text for part in parts},
    }


def _note_nights(desk: Desk, parts: list[list[str]]) -> None:
    """Note how the runs ended, and whether the messages, one each, have these parts."""
    posts, runs = _posts(desk), desk.flow_runs()
    desk.note("the runs ended in", [run.states[-1] for run in runs])
    desk.note("messages", len(posts))
    for number, (run, some) in enumerate(zip(runs, parts, strict=False)):
        post = posts[number] if number < len(posts) else None
        desk.note(f"message {number + 1} names", _says(post, run, *some))


@examines(2)
def a_failure_is_told_once(desk: Desk) -> None:
    """Fail at each of three tries, with a short or a long text; then fail between the tasks."""
    share = _words(desk, "share is not mounted:")
    long = f"{share}, tried: " + "Z:/x " * desk.rng.randint(500, 1500)
    texts = [share, long]
    desk.rng.shuffle(texts)
    for number, text in enumerate(texts):
        outcome = _night(desk, [text] * 3)
        desk.note_failure(f"night {number + 1}", outcome, share, kind="OSError")
    desk.note("seconds waited for retries", desk.elapsed_s)
    outcome = _night(desk, [], customers=0)
    desk.note_failure("no customers", outcome, "no customers", kind="ValueError")
    _note_nights(desk, [[share], [share], ["no customers"]])


@examines(2)
def what_heals_is_not_told(desk: Desk) -> None:
    """Fail once or twice, and then no more."""
    count = desk.rng.randint(2, 9)
    failures: list[str | None] = [_words(desk, "no share")] * desk.rng.randint(1, 2)
    desk.note_outcome("returned", _night(desk, failures, customers=count))
    _note_nights(desk, [])


@examines(2)
def a_crash_is_told(desk: Desk) -> None:
    """Be interrupted at a drawn try."""
    failures = [_words(desk, "no share")] * desk.rng.randint(0, 2)
    desk.note_outcome("it was", _night(desk, [*failures, None]))
    _note_nights(desk, [[]])


def _recorded(desk: Desk, outcomes: list[Outcome]) -> str:
    """Return all that is written down of a scenario's runs."""
    logs = str(desk.engine().logs)
    runs = desk.flow_runs()
    printed = desk.read(str(Path("tmp") / desk.folder.name / "output.txt")) or b""
    texts = str([[one.text, one.where] for one in outcomes])
    return "\n".join([logs, str(runs), printed.decode(errors="replace"), texts])


@examines(3)
def the_webhook_changes_nothing(desk: Desk) -> None:
    """Fail while the webhook refuses, and while it is dead or silent."""
    moods: list[Mood] = [desk.rng.choice(_REFUSALS), desk.rng.choice(("dead", "silent"))]
    desk.rng.shuffle(moods)
    outcomes = []
    for mood in moods:
        text, before = _words(desk, "share is not mounted:"), _times_asked(desk)
        logged = len(desk.engine().logs)
        outcomes.append(_night(desk, [text] * 3, mood=mood))
        desk.note_failure(f"a webhook that is {mood}", outcomes[-1], text, kind="OSError")
        desk.note(f"a webhook that is {mood} was asked", _times_asked(desk) > before)
        warned = [
            one
            for level, one in desk.engine().logs[logged:]
            if level in ("WARNING", "ERROR", "CRITICAL") and "webhook" in one.lower()
        ]
        desk.note(f"a webhook that is {mood}: the log says so", bool(warned))
    desk.note("the secret is written down", desk.api.webhooks.token in _recorded(desk, outcomes))
    desk.note("the runs ended in", [run.states[-1] for run in desk.flow_runs()])


@examines(3)
def no_secret_and_no_address(desk: Desk) -> None:
    """Tell a failure and look for the secret; then fail without an address."""
    texts = [_words(desk, "share is not mounted:") for _ in range(2)]
    outcomes = [_night(desk, [texts[0]] * 3)]
    outcomes.append(_night(desk, [texts[1]] * 3, address=""))
    for what, text, outcome in zip(("told", "not told"), texts, outcomes, strict=True):
        desk.note_failure(what, outcome, text, kind="OSError")
    posts = _posts(desk)
    desk.note("messages", len(posts))
    written = _recorded(desk, outcomes) + str([post.text for post in posts])
    desk.note("the secret is written down", desk.api.webhooks.token in written)
    desk.note("the runs ended in", [run.states[-1] for run in desk.flow_runs()])


@examines(4)
def a_success_is_told_when_asked(desk: Desk) -> None:
    """Go well, asked for and not asked for, and once while the webhook refuses."""
    asked = [True, False]
    desk.rng.shuffle(asked)
    for one in asked:
        count, before = desk.rng.randint(1, 9), len(_posts(desk))
        outcome = _night(desk, [], customers=count, tell_success=True if one else None)
        desk.note_outcome(f"returned when {'' if one else 'not '}asked", outcome)
        desk.note(f"messages when {'' if one else 'not '}asked", len(_posts(desk)) - before)
    mood = desk.rng.choice(_REFUSALS)
    outcome = _night(desk, [], mood=mood, tell_success=True)
    desk.note_outcome(f"returned though the webhook said {mood}", outcome)
    posts, runs = _posts(desk), desk.flow_runs()
    desk.note("it tried to tell", len(posts) > 1)
    desk.note("the runs ended in", [run.states[-1] for run in runs])
    told = runs[asked.index(True)] if len(runs) > 1 else None
    desk.note("the message names", _says(posts[0], told) if told and posts else {})


@examines(4)
def a_failure_is_no_success(desk: Desk) -> None:
    """Fail although a success was to be told."""
    text = _words(desk, "share is not mounted:")
    outcome = _night(desk, [text] * 3, tell_success=True)
    desk.note_failure("the night", outcome, text, kind="OSError")
    _note_nights(desk, [[text]])

"""What is logged anywhere is heard, with nothing left changed; a secret is found in any form."""

from __future__ import annotations

import base64
import logging
import tempfile
from pathlib import Path

import pytest

from dojo.laws.rules import Ledger
from dojo.laws.state.changes import note_changes, read_state
from dojo.world.http.webhook import Webhooks
from dojo.world.logged import Written, part_of

WEBHOOKS = Webhooks()
URL, TOKEN = WEBHOOKS.slack_url, WEBHOOKS.token


def test_every_logger_is_heard_and_none_is_left_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As in a run of katas: what another program leaves in /tmp meanwhile is none of this.
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    alone = logging.getLogger("dojo.tests.alone")
    alone.propagate = False
    before, written = read_state(), Written()
    with written.hearing():
        alone.debug("said %s", "softly")
        logging.getLogger("httpx").info("an address")
        logging.getLogger("urllib3.connectionpool").debug("a path")
        try:
            raise OSError("down")
        except OSError:
            logging.exception("it failed")
    alone.debug("afterwards")

    heard = written.text
    assert "said softly" in heard
    assert "an address" in heard
    assert "OSError: down" in heard
    assert "a path" not in heard
    assert "afterwards" not in heard
    ledger = Ledger()
    note_changes(before, "hearing", ledger)
    assert ledger.message == ""


def test_handlers_hear_what_they_did_before() -> None:
    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            kept.append(record.getMessage())

    kept: list[str] = []
    handler = Kept()
    logging.root.addHandler(handler)
    try:
        with Written().hearing():
            logging.getLogger("dojo.tests").debug("below its level")
            logging.getLogger("dojo.tests").error("above it")
    finally:
        logging.root.removeHandler(handler)

    assert kept == ["above it"]


@pytest.mark.parametrize(
    "text",
    [
        URL,
        TOKEN[-4:],
        TOKEN[3:7],
        TOKEN[-4:].upper(),
        TOKEN[::-1],
        URL.split("/")[-3][:4],
        URL.encode().hex(),
        base64.b64encode(URL.encode()).decode(),
        base64.b64encode(f"at {URL}".encode()).decode(),
        repr({"url": URL.encode()}),
    ],
)
def test_part_of_a_secret_is_found(text: str) -> None:
    assert part_of(URL, f"the webhook: {text}, 2026-03-29")


def test_what_stands_behind_a_question_mark_is_secret_too() -> None:
    url = f"https://chat.example?room={TOKEN}&side=left"

    assert part_of(url, f"chat.example?room={TOKEN}")
    assert part_of(url, "chat.example?room=... at the left side") == ""


@pytest.mark.parametrize(
    "text",
    [
        "https://hooks.slack.com/services/...",
        "CHURN_WEBHOOK_URL",
        "71ef0724-c991-4cd3-8268-b4595db5491c at 02:54:49.921, 1122334",
        TOKEN[:3],
        "",
    ],
)
def test_what_is_no_secret_is_not_found(text: str) -> None:
    urls = (URL, WEBHOOKS.discord_url)
    assert [part_of(url, text) for url in urls] == ["", ""]

"""What the examination of 11_notifications has run inside, in the submission's process.

The webhooks are served outside, under their own names and over TLS; only the way there leads, as in
the kata's own world, through what this process does (`meet`).
"""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from pathlib import Path
from typing import Any

from dojo.world.http.webhook import Mood, Webhooks
from dojo.world.http.webhook_wire import callers_led

_VARIABLE = "CHURN_WEBHOOK_URL"
_led = contextlib.ExitStack()  # until the process ends


def meet(_: Any, __: Path, port: int, authority: str, address: str, mood: Mood) -> None:
    """Lead the services' names to the server outside, as long as this process lives."""
    _led.close()
    webhooks = Webhooks()
    webhooks.will_be(mood)
    _led.enter_context(callers_led(webhooks, Path(authority), port, port))
    os.environ[_VARIABLE] = address


def send(subject: Any, _: Path, url: str, text: str) -> dict[str, str] | None:
    """Send a message; return what was raised: its text and its whole traceback."""
    try:
        subject.send_message(url, text)
    except NotImplementedError:
        raise
    except Exception as error:
        trace = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        return {"text": str(error), "trace": trace}
    return None


def night(
    subject: Any, _: Path, path: str, failures: list[str | None], more: dict[str, Any]
) -> Any:
    """Run the pipeline while the file fails to open as scripted; None: Ctrl-C."""
    left = list(failures)

    def hear(event: str, details: tuple[Any, ...]) -> None:
        if event == "open" and left and str(details[0]) == path:
            text = left.pop(0)
            raise KeyboardInterrupt if text is None else OSError(text)

    sys.addaudithook(hear)
    try:
        return subject.score_customers(path, **more)
    except KeyboardInterrupt:
        return "interrupted"
    finally:
        left.clear()  # an audit hook cannot be taken away
